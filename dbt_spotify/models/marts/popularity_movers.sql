with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

popularity_history as (

    select * from {{ ref('popularity_history') }}
    where entity_type = 'track'

),

-- More than one interval: the popularity moved, be it that it moved back.
moves as (

    select
        playlist_tracks.playlist_id,
        playlist_tracks.playlist_name,
        playlist_tracks.track_id,
        (array_agg(history.entity_name order by history.valid_from desc))[1]
            as track_name,
        (array_agg(history.popularity order by history.valid_from asc))[1]
            as first_popularity,
        (array_agg(history.popularity order by history.valid_from desc))[1]
            as last_popularity,
        (array_agg(history.change order by history.valid_from desc))[1] as last_change,
        max(history.valid_from) as changed_at
    from playlist_tracks
    inner join popularity_history as history
        on playlist_tracks.track_id = history.entity_id
    group by 1, 2, 3
    having count(*) > 1

),

final as (

    select
        playlist_id,
        playlist_name,
        track_id,
        track_name,
        first_popularity,
        last_popularity,
        last_popularity - first_popularity as change_in_all,
        last_change,
        changed_at,
        row_number() over (
            partition by playlist_id
            order by
                abs(last_popularity - first_popularity) desc,
                track_name collate "C",
                track_id collate "C"
        ) as answer_order
    from moves

)

select * from final
