{#- All JSON access of the project. Another engine needs its own `<adapter>__` version
    of these, and nothing else. `path` is a list of keys and array positions from 0.
    A key that is absent, or null, is NULL. -#}

{% macro json_object(column, path) -%}
    {{ return(adapter.dispatch('json_object', 'spotify')(column, path)) }}
{%- endmacro %}

{#- A lateral join: an object's fields as the columns of `<alias>`, all in one pass, where
    a macro above looks for one path. `fields` is a dictionary of keys and types: `text`,
    `integer`, `boolean` or `json`. What is no object gives a row of NULLs. -#}
{% macro json_fields(column, alias, fields) -%}
    {{ return(adapter.dispatch('json_fields', 'spotify')(column, alias, fields)) }}
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

{#- Integers by way of numeric, since JSON may write 55 as 55.0. -#}
{% macro postgres__json_fields(column, alias, fields) -%}
    {%- set types = {'json': 'jsonb', 'integer': 'numeric'} -%}
    (
        select
        {%- for name, type in fields.items() %}
            {{ name }}{% if type == 'integer' %}::bigint as {{ name }}{% endif %}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
        from jsonb_to_record(
            case when jsonb_typeof({{ column }}) = 'object' then {{ column }} end
        ) as fields (
        {%- for name, type in fields.items() %}
            {{ name }} {{ types.get(type, type) }}{% if not loop.last %},{% endif %}
        {%- endfor %}
        )
    ) as {{ alias }}
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
