{#- After a table is built: without statistics PostgreSQL takes a million rows for a
    handful, and plans what reads them for that. Views have none. -#}
{% macro analyzed() -%}
    {%- if model.config.materialized != 'view' -%} analyze {{ this }} {%- endif -%}
{%- endmacro %}
