-- What an app has loaded whole, for a market and not too long ago: the latest of each playlist.
-- A run that ended otherwise may lack artists and albums.
select distinct on (playlist_id)
    playlist_id, snapshot_id, loaded_at, rows_loaded,
    not_before is not null or runs.status not in ('success', 'partial')
from {logging}.playlist_loads as loads
inner join {logging}.pipeline_runs as runs using (run_id)
where
    loads.status = 'loaded'
    and rows_loaded = total_by_api
    and spotify_app = %s
    and loaded_at > now() - %s
    and config ->> 'market' is not distinct from %s
    -- After a run whose tables dbt refused, nothing is taken as read.
    and started_at > all (
        select started_at from {logging}.pipeline_runs
        where
            status not in ('success', 'partial')
            and run_id in (select run_id from {logging}.dbt_results)
    )
order by playlist_id, loaded_at desc
