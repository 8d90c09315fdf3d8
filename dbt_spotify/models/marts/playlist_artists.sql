with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

track_artists as (

    select * from {{ ref('track_artists') }}

),

artists as (

    select * from {{ ref('artists') }}

),

credits as (

    select
        playlist_tracks.*,
        artists.artist_id,
        artists.artist_name,
        artists.artist_popularity,
        artists.artist_followers,
        artists.artist_genres
    from playlist_tracks
    inner join track_artists on playlist_tracks.track_id = track_artists.track_id
    inner join artists on track_artists.artist_id = artists.artist_id

),

contributions as (

    select
        playlist_id,
        playlist_name,
        artist_id,
        artist_name,
        artist_popularity,
        artist_followers,
        artist_genres,
        count(*) as count_tracks,
        string_agg(
            track_name, ', '
            order by track_popularity desc nulls last, track_id collate "C"
        ) as track_names
    from credits
    group by 1, 2, 3, 4, 5, 6, 7

),

ordered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                count_tracks desc,
                artist_popularity desc nulls last,
                artist_name collate "C",
                artist_id collate "C"
        ) as answer_order
    from contributions

)

select * from ordered
