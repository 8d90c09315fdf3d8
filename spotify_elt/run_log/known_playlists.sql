-- What an app has loaded whole, for a market and not too long ago: the latest of each playlist.
select distinct on (playlist_id)
    playlist_id, snapshot_id, loaded_at, rows_loaded, not_before is not null
from {logging}.playlist_loads as loads
inner join {logging}.pipeline_runs as runs using (run_id)
where
    loads.status = 'loaded'
    and runs.status in ('success', 'partial')
    and spotify_app = %s
    and loaded_at > now() - %s
    and config ->> 'market' is not distinct from %s
    -- After a run that broke off while it changed the raw tables, nothing is taken as read.
    and started_at >= all (
        select started_at from {logging}.pipeline_runs
        where changed_raw and status not in ('success', 'partial')
    )
order by playlist_id, loaded_at desc
