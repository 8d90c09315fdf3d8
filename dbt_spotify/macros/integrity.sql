{#- A table's key, references and values in one test, which reads it once: no two rows
    share the key, and none of its columns is NULL. A column that may be NULL is given as
    an expression, e.g. coalesce(artist_id, ''). `wrong` says what of it does not hold. -#}
{% test integrity(model, key, references={}, accepted={}) %}

{%- set wrong = {'not unique': 'count(*) > 1'} -%}
{%- for column in key -%}
    {%- do wrong.update({column ~ ' is NULL': 'bool_or(' ~ column ~ ' is null)'}) -%}
{%- endfor -%}
{%- for column, parent in references.items() -%}
    {%- set is_missing = column ~ ' is not null and in_' ~ column ~ ' is null' -%}
    {%- do wrong.update({column ~ ' refers to nothing': 'bool_or(' ~ is_missing ~ ')'}) -%}
{%- endfor -%}
{%- for column, values in accepted.items() -%}
    {%- set is_other = column ~ " not in ('" ~ values | join("', '") ~ "')" -%}
    {%- do wrong.update({column ~ ' is another value': 'bool_or(' ~ is_other ~ ')'}) -%}
{%- endfor %}

select
    {{ key | join(',\n    ') }},
    concat_ws(
        ', '
        {%- for what, condition in wrong.items() %},
        case when {{ condition }} then '{{ what | replace("'", "''") }}' end
        {%- endfor %}
    ) as wrong
from {{ model }}
{%- for column, parent in references.items() %}
left join (select {{ column }} as in_{{ column }} from {{ parent }}) as parent_{{ loop.index }}
    on {{ column }} = in_{{ column }}
{%- endfor %}
group by {{ range(1, key | length + 1) | join(', ') }}
having
    {{ wrong.values() | join('\n    or ') }}
{% endtest %}
