-- As JSON, so that a log that an older version wrote can be read, too. `{logging}` is its schema.
-- Not patient with somebody who has locked it: a health check must end.
set statement_timeout = '10s'; set time zone 'UTC';
select
    to_jsonb(runs) - 'logs' - 'config' - 'spotify_app' || jsonb_build_object('playlists', (
        select coalesce(jsonb_object_agg(loads.status, loads.count), '{{}}')
        from (
            select status, count(*) from {logging}.playlist_loads
            where playlist_loads.run_id = runs.run_id
            group by 1
        ) as loads
    )) as run,
    to_char(runs.started_at, 'YYYY-MM-DD HH24:MI') as started,
    round(extract(epoch from runs.finished_at - runs.started_at), 1)::text as seconds,
    (
        select coalesce(sum(value::bigint), 0)::text
        from jsonb_each_text(to_jsonb(runs) -> 'rows_by_table')
    ) as rows,
    max(runs.finished_at) filter (where runs.status in ('success', 'skipped')) over () as last_good
from {logging}.pipeline_runs as runs
order by runs.started_at desc
limit %s
