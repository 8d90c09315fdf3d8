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

-- By playlist, so that who asks for one does not wait for the credits of all tracks.
credits as (

    select
        playlist_tracks.playlist_id,
        playlist_tracks.track_id,
        string_agg(artists.artist_name, ', ' order by track_artists.credit_position)
            as artist_names
    from {{ ref('playlist_tracks') }} as playlist_tracks
    inner join track_artists on playlist_tracks.track_id = track_artists.track_id
    inner join artists on track_artists.artist_id = artists.artist_id
    group by 1, 2

),

ranked as (

    select
        playlist_tracks.playlist_id,
        playlist_tracks.playlist_name,
        case
            when playlist_tracks.track_popularity is not null
                then
                    dense_rank() over (
                        partition by playlist_tracks.playlist_id
                        order by playlist_tracks.track_popularity desc nulls last
                    )
        end as popularity_rank,
        playlist_tracks.track_id,
        playlist_tracks.track_name,
        credits.artist_names,
        albums.album_name,
        playlist_tracks.track_popularity,
        (playlist_tracks.track_duration_ms / 60000.0)::numeric(12, 2)
            as duration_minutes,
        (playlist_tracks.track_duration_ms / 60000)::text
        || ':'
        || lpad((playlist_tracks.track_duration_ms / 1000 % 60)::text, 2, '0')
            as duration_mm_ss
    from playlist_tracks
    left join albums on playlist_tracks.album_id = albums.album_id
    left join credits
        on
            playlist_tracks.playlist_id = credits.playlist_id
            and playlist_tracks.track_id = credits.track_id

),

ordered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                popularity_rank asc nulls last,
                case when popularity_rank is null then duration_minutes end
                desc nulls last,
                track_name collate "C",
                track_id collate "C"
        ) as answer_order
    from ranked

)

select * from ordered
