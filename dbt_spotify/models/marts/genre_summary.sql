with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

playlist_artists as (

    select * from {{ ref('playlist_artists') }}

),

track_artists as (

    select * from {{ ref('track_artists') }}

),

artist_genres as (

    select * from {{ ref('artist_genres') }}

),

-- A track by two artists of a genre is one track of it.
genre_tracks as (

    select distinct
        playlist_tracks.playlist_id,
        playlist_tracks.track_id,
        coalesce(artist_genres.genre, 'no genre') as genre
    from playlist_tracks
    left join track_artists on playlist_tracks.track_id = track_artists.track_id
    left join artist_genres on track_artists.artist_id = artist_genres.artist_id

),

genre_artists as (

    select
        playlist_artists.*,
        coalesce(artist_genres.genre, 'no genre') as genre
    from playlist_artists
    left join artist_genres on playlist_artists.artist_id = artist_genres.artist_id

),

-- Not by the name above: what a query names twice PostgreSQL reads whole, also for one
-- playlist.
named_tracks as (

    select
        playlist_tracks.*,
        genre_tracks.genre
    from genre_tracks
    inner join {{ ref('playlist_tracks') }} as playlist_tracks
        on
            genre_tracks.playlist_id = playlist_tracks.playlist_id
            and genre_tracks.track_id = playlist_tracks.track_id

),

track_summary as (

    select
        playlist_id,
        playlist_name,
        genre,
        count(*) as count_tracks,
        avg(track_popularity)::numeric(9, 2) as avg_track_popularity,
        string_agg(
            track_name, ', '
            order by track_popularity desc nulls last, track_id collate "C"
        ) as track_names
    from named_tracks
    group by 1, 2, 3

),

artist_summary as (

    select
        playlist_id,
        genre,
        count(*) as count_artists,
        avg(artist_popularity)::numeric(9, 2) as avg_artist_popularity,
        string_agg(
            artist_name, ', '
            order by artist_popularity desc nulls last, artist_id collate "C"
        ) as artist_names
    from genre_artists
    group by 1, 2

),

final as (

    select
        track_summary.playlist_id,
        track_summary.playlist_name,
        track_summary.genre,
        track_summary.count_tracks,
        coalesce(artist_summary.count_artists, 0) as count_artists,
        track_summary.avg_track_popularity,
        artist_summary.avg_artist_popularity,
        track_summary.track_names,
        artist_summary.artist_names
    from track_summary
    left join artist_summary
        on
            track_summary.playlist_id = artist_summary.playlist_id
            and track_summary.genre = artist_summary.genre

),

ordered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by genre = 'no genre', count_tracks desc, genre collate "C"
        ) as answer_order
    from final

)

select * from ordered
