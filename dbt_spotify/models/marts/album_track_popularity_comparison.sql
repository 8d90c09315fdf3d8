with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

albums as (

    select * from {{ ref('albums') }}

),

-- Not by the name above: what a query names twice PostgreSQL reads whole, also for one
-- playlist.
playlist_averages as (

    select
        playlist_id,
        avg(track_popularity) as exact_average
    from {{ ref('playlist_tracks') }}
    group by 1

),

album_averages as (

    select
        playlist_id,
        album_id,
        count(*) as count_tracks_in_playlist,
        avg(track_popularity) as exact_average,
        avg(track_popularity)::numeric(9, 2) as avg_track_popularity
    from {{ ref('playlist_tracks') }}
    where album_id is not null
    group by 1, 2

),

ranked_albums as (

    select
        album_averages.*,
        case
            when album_averages.avg_track_popularity is not null
                then
                    dense_rank() over (
                        partition by album_averages.playlist_id
                        order by album_averages.avg_track_popularity desc nulls last
                    )
        end as album_rank,
        album_averages.exact_average > playlist_averages.exact_average
            as is_above_playlist_average
    from album_averages
    inner join playlist_averages
        on album_averages.playlist_id = playlist_averages.playlist_id

),

compared as (

    select
        playlist_tracks.playlist_id,
        playlist_tracks.playlist_name,
        playlist_tracks.album_id,
        albums.album_name,
        albums.album_release_date,
        albums.album_total_tracks,
        ranked_albums.count_tracks_in_playlist,
        albums.album_popularity,
        ranked_albums.avg_track_popularity,
        playlist_tracks.track_id,
        playlist_tracks.track_name,
        playlist_tracks.track_popularity,
        playlist_tracks.track_popularity - albums.album_popularity
            as track_minus_album_popularity,
        case sign(playlist_tracks.track_popularity - albums.album_popularity)
            when 1 then 'outperforms album'
            when -1 then 'underperforms album'
            when 0 then 'matches album'
        end as comparison,
        ranked_albums.album_rank,
        ranked_albums.is_above_playlist_average
    from playlist_tracks
    left join albums on playlist_tracks.album_id = albums.album_id
    left join ranked_albums
        on
            playlist_tracks.playlist_id = ranked_albums.playlist_id
            and playlist_tracks.album_id = ranked_albums.album_id

),

ordered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                album_rank asc nulls last,
                case when album_rank is null then count_tracks_in_playlist end
                desc nulls last,
                album_name collate "C" asc nulls last,
                album_id collate "C" asc nulls last,
                track_popularity desc nulls last,
                track_id collate "C"
        ) as answer_order
    from compared

)

select * from ordered
