{#- Write, audit, publish. The candidate target builds the marts in
    <prefix>_marts_candidate; when every node of `dbt build` succeeded, this moves them
    into <prefix>_marts in one transaction, so readers see all the old answers or all the
    new ones. After a failure nothing moves: the last good answers stand, and the
    candidate schema is there to be looked at.

    Dropped in <prefix>_marts: what carries the name of a mart (or is dbt's own leftover
    of one) and the views that stand on it. Anything else there is its owner's. Rights
    that were granted on a mart are granted on its successor. -#}
{% macro publish_marts(results) -%}
    {%- if target.name == 'candidate' and flags.WHICH == 'build' and not flags.EMPTY -%}
        {%- set marts = candidate_marts() -%}
        {%- set built = [] -%}
        {%- set failed = [] -%}
        {%- for result in results -%}
            {%- if result.status in ('success', 'pass', 'warn', 'no-op') -%}
                {%- do built.append(result.node.unique_id) -%}
            {%- else -%}
                {%- do failed.append(result.node.name) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set missing = marts | rejectattr('unique_id', 'in', built) | list -%}
        {%- if failed -%}
            {%- do log('Not published: ' ~ failed | length
                ~ ' nodes failed or were skipped. The last good answers stand.', true) -%}
        {%- elif missing -%}
            {%- do log('Not published: this build left out '
                ~ missing | map(attribute='name') | join(', ') ~ '.', true) -%}
        {%- elif marts -%}
            {{ adapter.dispatch('publish_marts_sql', 'spotify')(marts) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro candidate_marts() -%}
    {%- set marts = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type == 'model'
                and node.config.materialized in ('table', 'view', 'incremental')
                and node.schema == generate_schema_name('marts', node) -%}
                {%- do marts.append(node) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(marts) }}
{%- endmacro %}


{% macro postgres__publish_marts_sql(marts) -%}
{%- set candidate = generate_schema_name('marts', none) -%}
{%- set live = var('schema_prefix') ~ '_marts' -%}
{%- set names = marts | map(attribute='alias') | list -%}
do $publish$
declare
    live constant name := {{ dbt.string_literal(live) }};
    candidate constant name := {{ dbt.string_literal(candidate) }};
    marts constant name[] := array['{{ names | join("', '") }}'];
    relation record;
    granted jsonb;
begin
    set local lock_timeout = '2s';
    set local client_min_messages = warning;
    if to_regnamespace(quote_ident(live)) is null then
        execute format('create schema %I', live);
    end if;

    select jsonb_agg(to_jsonb(given)) into granted
    from (
        select
            old.relname,
            old_right.grantee,
            old_right.is_grantable,
            string_agg(old_right.privilege_type, ', ') as privileges
        from pg_class as old
        cross join lateral aclexplode(old.relacl) as old_right
        where
            old.relnamespace = to_regnamespace(quote_ident(live))
            and old.relname = any(marts)
            and old_right.grantee != old.relowner
        group by 1, 2, 3
    ) as given;

    -- A long query on an old answer is waited for, two seconds at a time: in between
    -- the locks are given back, so that other readers are not held up behind it. After
    -- a minute and a half the run fails, and the old answers stand.
    for attempt in 1..30 loop
        begin
            -- Views before the tables they read, the youngest first: the order in which
            -- readers lock them, so that publishing and reading do not deadlock.
            for relation in
                select
                    relname,
                    case relkind
                        when 'v' then 'view'
                        when 'm' then 'materialized view'
                        when 'f' then 'foreign table'
                        else 'table'
                    end as kind
                from pg_class
                where
                    relnamespace = to_regnamespace(quote_ident(live))
                    and relkind in ('r', 'p', 'v', 'm', 'f')
                    and regexp_replace(relname, '__dbt_(backup|tmp)$', '') = any(marts)
                order by relkind = 'v' desc, oid desc
            loop
                execute format(
                    'drop %s if exists %I.%I cascade', relation.kind, live, relation.relname
                );
            end loop;
            exit;
        exception when lock_not_available or deadlock_detected then
            if attempt = 30 then
                raise;
            end if;
            perform pg_sleep(1);
        end;
    end loop;

    for relation in
        select relname from pg_class
        where
            relnamespace = to_regnamespace(quote_ident(candidate))
            and relkind in ('r', 'v')
            and relname = any(marts)
        order by oid
    loop
        execute format('alter table %I.%I set schema %I', candidate, relation.relname, live);
    end loop;

    for relation in
        select * from jsonb_to_recordset(granted) as given (
            relname name, grantee oid, is_grantable boolean, privileges text
        )
    loop
        execute format(
            'grant %s on %I.%I to %s%s',
            relation.privileges,
            live,
            relation.relname,
            case relation.grantee
                when 0 then 'public' else quote_ident(pg_get_userbyid(relation.grantee))
            end,
            case when relation.is_grantable then ' with grant option' else '' end
        );
    end loop;

    execute format('drop schema %I cascade', candidate);
end
$publish$;
commit;
{%- endmacro %}
