with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

playlists as (

    select * from {{ ref('playlists') }}

),

tracks as (

    select * from {{ ref('tracks') }}

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

credits as (

    select
        track_artists.track_id,
        count(*) as count_artists,
        bool_or(artists.artist_genres is not null) as has_genres
    from track_artists
    inner join artists on track_artists.artist_id = artists.artist_id
    group by 1

),

first_days as (

    select
        *,
        coalesce(
            album_release_date,
            make_date(release_year::integer, coalesce(release_month, 1)::integer, 1)
        ) as first_day
    from albums

),

-- Of a year or a month alone, the first and the last day that it may mean.
release_days as (

    select
        album_id,
        album_label,
        release_year,
        first_day,
        case release_date_precision
            when 'year' then first_day + interval '1 year' - interval '1 day'
            when 'month' then first_day + interval '1 month' - interval '1 day'
            else first_day
        end as last_day
    from first_days

),

-- 18 months before the reading of the playlist.
recent_since as (

    select
        playlist_id,
        (loaded_at at time zone 'utc')::date - interval '18 months' as first_recent_day
    from playlists

),

facts as (

    select
        playlist_tracks.playlist_id,
        playlist_tracks.track_id,
        playlist_tracks.album_id,
        release_days.album_label,
        tracks.track_isrc,
        playlist_tracks.track_popularity,
        playlist_tracks.track_duration_ms,
        release_days.release_year,
        coalesce(credits.count_artists, 0) as count_artists,
        tracks.is_explicit,
        case
            when release_days.first_day >= recent_since.first_recent_day then true
            when release_days.last_day < recent_since.first_recent_day then false
        end as is_of_last_18_months,
        coalesce(credits.has_genres, false) as has_genres,
        tracks.is_available
    from playlist_tracks
    inner join recent_since
        on playlist_tracks.playlist_id = recent_since.playlist_id
    inner join tracks on playlist_tracks.track_id = tracks.track_id
    left join release_days on playlist_tracks.album_id = release_days.album_id
    left join credits on playlist_tracks.track_id = credits.track_id

)

select * from facts
