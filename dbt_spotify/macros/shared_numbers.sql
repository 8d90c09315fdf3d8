{#- A lateral join: how many numbers two arrays of distinct numbers share, as
    `<alias>.count_shared`; 0 where one of them is NULL. -#}
{% macro shared_numbers(one, other, alias) -%}
    {{ return(adapter.dispatch('shared_numbers', 'spotify')(one, other, alias)) }}
{%- endmacro %}

{% macro postgres__shared_numbers(one, other, alias) -%}
    (
        select count(*) as count_shared
        from unnest({{ one }}) as one_number
        inner join unnest({{ other }}) as other_number on one_number = other_number
    ) as {{ alias }}
{%- endmacro %}
