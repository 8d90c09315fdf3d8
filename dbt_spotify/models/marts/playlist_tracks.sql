with

playlists as (

    select * from {{ ref('playlists') }}

),

playlist_entries as (

    select * from {{ ref('playlist_entries') }}

),

tracks as (

    select * from {{ ref('tracks') }}

),

-- A track counts once, however often the playlist holds it.
distinct_tracks as (

    select
        playlist_id,
        track_id,
        count(*) as count_entries,
        min(track_added_at) as first_added_at
    from playlist_entries
    where entry_type = 'track'
    group by 1, 2

),

final as (

    select
        distinct_tracks.playlist_id,
        playlists.playlist_name,
        distinct_tracks.track_id,
        tracks.track_name,
        tracks.track_popularity,
        tracks.track_duration_ms,
        tracks.album_id,
        distinct_tracks.count_entries,
        distinct_tracks.first_added_at
    from distinct_tracks
    inner join playlists on distinct_tracks.playlist_id = playlists.playlist_id
    inner join tracks on distinct_tracks.track_id = tracks.track_id

)

select * from final
