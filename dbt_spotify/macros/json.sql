{#- All JSON access of the project. Another engine needs its own `<adapter>__` version
    of these, and nothing else. `path` is a list of keys and array positions from 0.
    A key that is absent, or null, is NULL. -#}

{% macro json_object(column, path) -%}
    {{ return(adapter.dispatch('json_object', 'spotify')(column, path)) }}
{%- endmacro %}

{% macro json_text(column, path) -%}
    {{ return(adapter.dispatch('json_text', 'spotify')(column, path)) }}
{%- endmacro %}

{% macro json_integer(column, path) -%}
    {{ return(adapter.dispatch('json_integer', 'spotify')(column, path)) }}
{%- endmacro %}

{% macro json_boolean(column, path) -%}
    {{ return(adapter.dispatch('json_boolean', 'spotify')(column, path)) }}
{%- endmacro %}

{#- Is the key there at all, be its value null or not? -#}
{% macro json_has_key(column, key) -%}
    {{ return(adapter.dispatch('json_has_key', 'spotify')(column, key)) }}
{%- endmacro %}

{#- A lateral join: one row per array element, as `<alias>.value` (JSON) and
    `<alias>.position` (from 1). What is no array gives no row. -#}
{% macro json_array_rows(column, alias) -%}
    {{ return(adapter.dispatch('json_array_rows', 'spotify')(column, alias)) }}
{%- endmacro %}

{#- How many elements the array at a path has; NULL where there is no array. -#}
{% macro json_array_length(column, path) -%}
    {{ return(adapter.dispatch('json_array_length', 'spotify')(column, path)) }}
{%- endmacro %}

{#- A lateral join: one row per `id` of anything in the JSON, as `<alias>.id`. -#}
{% macro json_id_rows(column, alias) -%}
    {{ return(adapter.dispatch('json_id_rows', 'spotify')(column, alias)) }}
{%- endmacro %}

{#- The text of a JSON value that is itself a string. -#}
{% macro json_scalar_text(column) -%}
    {{ return(adapter.dispatch('json_scalar_text', 'spotify')(column)) }}
{%- endmacro %}


{% macro postgres__json_object(column, path) -%}
    ({{ column }} #> '{{ '{' ~ path | join(',') ~ '}' }}')
{%- endmacro %}

{% macro postgres__json_text(column, path) -%}
    ({{ column }} #>> '{{ '{' ~ path | join(',') ~ '}' }}')
{%- endmacro %}

{#- By way of numeric, since JSON may write 55 as 55.0. -#}
{% macro postgres__json_integer(column, path) -%}
    ({{ column }} #>> '{{ '{' ~ path | join(',') ~ '}' }}')::numeric::bigint
{%- endmacro %}

{% macro postgres__json_boolean(column, path) -%}
    ({{ column }} #>> '{{ '{' ~ path | join(',') ~ '}' }}')::boolean
{%- endmacro %}

{% macro postgres__json_has_key(column, key) -%}
    ({{ column }} ? '{{ key }}')
{%- endmacro %}

{% macro postgres__json_array_rows(column, alias) -%}
    jsonb_array_elements(
        case when jsonb_typeof({{ column }}) = 'array' then {{ column }} end
    ) with ordinality as {{ alias }} (value, position)
{%- endmacro %}

{% macro postgres__json_array_length(column, path) -%}
    {%- set array = "(" ~ column ~ " #> '{" ~ path | join(',') ~ "}')" -%}
    case when jsonb_typeof({{ array }}) = 'array' then jsonb_array_length({{ array }}) end
    ::bigint
{%- endmacro %}

{% macro postgres__json_id_rows(column, alias) -%}
    (
        select jsonb_path_query({{ column }}, 'strict $.**.id') #>> '{}' as id
    ) as {{ alias }}
{%- endmacro %}

{% macro postgres__json_scalar_text(column) -%}
    ({{ column }} #>> '{}')
{%- endmacro %}
