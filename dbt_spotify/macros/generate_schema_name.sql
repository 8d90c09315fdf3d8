{#- Every schema is <prefix>_<layer>. The candidate target builds the marts beside
    the ones people read; staging is replaced in place under both targets. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set prefix = var('schema_prefix') -%}
    {%- if custom_schema_name is none -%}
        {{ prefix }}
    {%- elif custom_schema_name == 'marts' and target.name == 'candidate' -%}
        {{ prefix }}_marts_candidate
    {%- else -%}
        {{ prefix }}_{{ custom_schema_name | trim }}
    {%- endif -%}
{%- endmacro %}
