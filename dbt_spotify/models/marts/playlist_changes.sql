with

versions as (

    select * from {{ ref('playlist_entry_versions') }}
    where entry_type = 'track'

),

playlists as (

    select * from {{ ref('playlists') }}

),

followed as (

    select
        *,
        lag(position) over entry_in_time as previous_position,
        lag(dbt_valid_to) over entry_in_time as previous_valid_to
    from versions
    window
        entry_in_time as (
            partition by playlist_id, entry_key
            order by dbt_valid_from
        )

),

-- A version that does not begin where the one before it ended begins another stay.
numbered as (

    select
        *,
        count(*) filter (where dbt_valid_from is distinct from previous_valid_to) over (
            partition by playlist_id, entry_key
            order by dbt_valid_from
        ) as entry_stay,
        case
            when dbt_valid_from = previous_valid_to then position - previous_position
        end as moved_by
    from followed

),

stays as (

    select
        playlist_id,
        track_id,
        entry_key,
        entry_stay,
        (array_agg(entry_name order by dbt_valid_from desc))[1] as track_name,
        min(track_added_at) as added_at,
        min(dbt_valid_from) as first_seen_at,
        max(last_read_at) as last_seen_at,
        case
            when bool_and(dbt_valid_to is not null) then max(dbt_valid_to)
        end as missed_at,
        (array_agg(position order by dbt_valid_from asc))[1] as first_position,
        (array_agg(position order by dbt_valid_from desc))[1] as last_position,
        count(*) filter (where moved_by < 0) as moves_up,
        count(*) filter (where moved_by > 0) as moves_down
    from numbered
    group by 1, 2, 3, 4

),

numbered_stays as (

    select
        *,
        row_number() over (
            partition by playlist_id, track_id
            order by first_seen_at, added_at, entry_key collate "C"
        ) as stay_number,
        -- What the first reading found did not come then.
        nullif(first_seen_at, min(first_seen_at) over (partition by playlist_id))
            as came_at
    from stays

),

ordered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                greatest(came_at, missed_at) desc nulls last,
                came_at is null and missed_at is null and moves_up + moves_down = 0,
                track_name collate "C",
                track_id collate "C",
                stay_number
        ) as answer_order
    from numbered_stays

),

final as (

    select
        stays.playlist_id,
        playlists.playlist_name,
        stays.track_id,
        stays.track_name,
        stays.stay_number,
        stays.added_at,
        stays.first_seen_at,
        stays.last_seen_at,
        case when stays.missed_at is not null then stays.last_seen_at end
            as removed_after,
        stays.missed_at as removed_before,
        (
            extract(
                epoch from
                stays.last_seen_at - coalesce(stays.added_at, stays.first_seen_at)
            ) / 86400
        )::numeric(9, 2) as days_in_playlist,
        stays.first_position,
        stays.last_position,
        stays.moves_up,
        stays.moves_down,
        stays.came_at,
        stays.answer_order
    from ordered as stays
    left join playlists on stays.playlist_id = playlists.playlist_id

)

select * from final
