with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

albums as (

    select * from {{ ref('albums') }}

),

track_artists as (

    select * from {{ ref('track_artists') }}

),

artists as (

    select * from {{ ref('artists') }}

),

artist_genres as (

    select * from {{ ref('artist_genres') }}

),

-- Left joins: neither an artist without a genre nor a track without an artist is lost.
details as (

    select
        playlist_tracks.playlist_id,
        playlist_tracks.playlist_name,
        coalesce(artist_genres.genre, 'no genre') as genre,
        playlist_tracks.track_id,
        playlist_tracks.track_name,
        playlist_tracks.track_popularity,
        playlist_tracks.track_duration_ms,
        albums.album_name,
        track_artists.artist_id,
        artists.artist_name,
        artists.artist_popularity,
        track_artists.credit_position
    from playlist_tracks
    left join albums on playlist_tracks.album_id = albums.album_id
    left join track_artists on playlist_tracks.track_id = track_artists.track_id
    left join artists on track_artists.artist_id = artists.artist_id
    left join artist_genres on track_artists.artist_id = artist_genres.artist_id

),

ordered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                genre = 'no genre' asc,
                genre collate "C" asc,
                track_popularity desc nulls last,
                track_name collate "C" asc,
                track_id collate "C" asc,
                credit_position asc
        ) as answer_order
    from details

)

select * from ordered
