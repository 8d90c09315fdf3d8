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
        artists.artist_popularity
    from playlist_tracks
    inner join track_artists on playlist_tracks.track_id = track_artists.track_id
    inner join artists on track_artists.artist_id = artists.artist_id

),

-- Not by the name above: what a query names twice PostgreSQL reads whole, also for one
-- playlist.
playlist_sizes as (

    select
        playlist_id,
        count(*) as count_playlist_tracks
    from {{ ref('playlist_tracks') }}
    group by 1

),

contributions as (

    select
        playlist_id,
        playlist_name,
        artist_id,
        artist_name,
        artist_popularity,
        count(*) as count_tracks,
        avg(track_popularity)::numeric(9, 2) as avg_track_popularity,
        (sum(track_duration_ms) / 60000.0)::numeric(12, 2) as total_duration_minutes
    from credits
    group by 1, 2, 3, 4, 5

),

-- Where Spotify sent no popularity at all, the order falls through to the tracks.
ranked as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                artist_popularity desc nulls last,
                count_tracks desc,
                artist_id collate "C"
        ) as artist_rank,
        case
            when count(artist_popularity) over (partition by playlist_id) = 0
                then 'tracks in playlist'
            else 'popularity'
        end as ranked_by
    from contributions

),

top_5 as (

    select
        ranked.playlist_id,
        ranked.playlist_name,
        ranked.artist_rank,
        ranked.artist_id,
        ranked.artist_name,
        ranked.artist_popularity,
        ranked.count_tracks,
        (ranked.count_tracks::numeric / playlist_sizes.count_playlist_tracks)
        ::numeric(5, 4) as share_of_tracks,
        ranked.avg_track_popularity,
        ranked.total_duration_minutes,
        ranked.ranked_by,
        ranked.artist_rank as answer_order
    from ranked
    inner join playlist_sizes on ranked.playlist_id = playlist_sizes.playlist_id
    where ranked.artist_rank <= 5

)

select * from top_5
