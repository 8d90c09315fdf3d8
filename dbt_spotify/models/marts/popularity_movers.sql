with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

popularity_history as (

    select * from {{ ref('popularity_history') }}
    where entity_type = 'track'

),

first_intervals as (

    select * from popularity_history
    where change is null

),

last_intervals as (

    select * from popularity_history
    where valid_to is null

),

-- The last interval is not the first: popularity moved, and perhaps moved back.
moves as (

    select
        playlist_tracks.playlist_id,
        playlist_tracks.playlist_name,
        playlist_tracks.track_id,
        last_intervals.entity_name as track_name,
        first_intervals.popularity as first_popularity,
        last_intervals.popularity as last_popularity,
        last_intervals.popularity - first_intervals.popularity as change_in_all,
        last_intervals.change as last_change,
        last_intervals.valid_from as changed_at
    from playlist_tracks
    inner join first_intervals on playlist_tracks.track_id = first_intervals.entity_id
    inner join last_intervals on playlist_tracks.track_id = last_intervals.entity_id
    where last_intervals.change is not null

),

ordered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                abs(change_in_all) desc, track_name collate "C", track_id collate "C"
        ) as answer_order
    from moves

)

select * from ordered
