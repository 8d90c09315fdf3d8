{#- Deletions, counted: what macros/purge.sql is made of. Each notes in the list `gone`
    which rows went, and why. None calls a method of `adapter` that commits, as
    `adapter.drop_schema` does. -#}

{#- Begin the transaction. A reader of a table that is to be dropped is waited for, but
    not for ever. -#}
{% macro begin_deletion() -%}
    {%- do adapter.dispatch('begin_deletion', 'spotify')() -%}
{%- endmacro %}


{% macro schema_of(layer) -%}
    {{ return(var('schema_prefix') ~ '_' ~ layer) }}
{%- endmacro %}


{#- The tables that are really there, by name: the raw schema may not exist yet, and the
    history may hold tables of an older version. dbt finds schemas by a pattern, in which
    `_` is any character, so it also finds those of another prefix. -#}
{% macro tables_of(layer) -%}
    {%- set schema = api.Relation.create(database=database, schema=schema_of(layer)) -%}
    {%- set tables = {} -%}
    {%- for one in list_relations_without_caching(schema) -%}
        {%- if one['schema'] == schema.schema and one['type'] == 'table' -%}
            {%- set name = one['name'] -%}
            {%- do tables.update({name: schema.incorporate(path={'identifier': name})}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}


{#- Delete the rows of a table, if it is there; in the condition `one` is the row. -#}
{% macro delete_rows(gone, table, condition, reason) -%}
    {%- if table -%}
        {%- set rows = adapter.dispatch('rows_deleted', 'spotify')(table, condition) -%}
        {%- set what = table.schema ~ '.' ~ table.identifier -%}
        {%- do note_gone(gone, table.schema, what, reason, rows) -%}
    {%- endif -%}
{%- endmacro %}


{#- Drop a schema with all that is in it, and what stands on it. -#}
{% macro delete_schema(gone, layer) -%}
    {%- for table in tables_of(layer).values() -%}
        {%- set rows = run_query('select count(*) from ' ~ table).rows[0][0] | int -%}
        {%- do note_gone(gone, table.schema, table.schema, 'all of it', rows) -%}
    {%- endfor -%}
    {%- do drop_schema(api.Relation.create(database=database, schema=schema_of(layer))) -%}
{%- endmacro %}


{% macro note_gone(gone, schema, what, reason, rows) -%}
    {%- if rows -%}
        {%- do gone.append({'schema': schema, 'what': what, 'reason': reason, 'rows': rows}) -%}
    {%- endif -%}
{%- endmacro %}


{#- Say what is gone, and commit; `spotify-elt purge` lets `print` return when it has done
    its own part. -#}
{% macro end_deletion(gone, dry_run, outdated=false) -%}
    {%- set counts = {} -%}
    {%- for one in gone -%}
        {%- set what = one.what ~ ': ' ~ one.reason -%}
        {%- do counts.update({what: counts.get(what, 0) + one.rows}) -%}
    {%- endfor -%}
    {%- do print(tojson({'gone': counts, 'outdated': outdated})) -%}
    {%- if not dry_run -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{%- endmacro %}


{% macro postgres__rows_deleted(table, condition) -%}
    {%- call statement('deletion') -%}
        delete from {{ table }} as one where {{ condition }}
    {%- endcall -%}
    {{ return(load_result('deletion').response.rows_affected) }}
{%- endmacro %}


{#- dbt leaves it to psycopg2 to begin transactions, and commits behind its back before it
    runs an operation: psycopg2 believes that it has begun, and all would be committed one
    by one. -#}
{% macro postgres__begin_deletion() -%}
    {%- call statement() -%} begin; set local lock_timeout = '30s' {%- endcall -%}
{%- endmacro %}
