with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

track_artists as (

    select * from {{ ref('track_artists') }}

),

credits as (

    select
        playlist_tracks.playlist_id,
        track_artists.artist_id,
        count(*) as count_tracks
    from playlist_tracks
    inner join track_artists on playlist_tracks.track_id = track_artists.track_id
    group by 1, 2

),

ranked as (

    select
        playlist_id,
        artist_id,
        count_tracks,
        row_number() over (
            partition by playlist_id
            order by count_tracks desc, artist_id collate "C"
        ) as tracks_rank
    from credits

)

select * from ranked
