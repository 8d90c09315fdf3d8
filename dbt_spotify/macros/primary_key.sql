{#- A key in one test: no two rows share these columns, and none of them is NULL.
    A column that may be NULL is given as an expression, e.g. coalesce(artist_id, ''). -#}
{% test primary_key(model, columns) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as count_rows
from {{ model }}
group by {{ range(1, columns | length + 1) | join(', ') }}
having
    count(*) > 1
    {% for column in columns -%}
    or bool_or({{ column }} is null)
    {% endfor %}
{% endtest %}
