with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

albums as (

    select * from {{ ref('albums') }}

),

release_months as (

    select
        playlist_tracks.playlist_id,
        playlist_tracks.playlist_name,
        albums.release_year,
        albums.release_month,
        count(*) as count_tracks,
        avg(playlist_tracks.track_popularity)::numeric(9, 2) as avg_track_popularity
    from playlist_tracks
    left join albums on playlist_tracks.album_id = albums.album_id
    group by 1, 2, 3, 4

),

-- Known months follow one another; a year alone, or nothing, has no place in the line.
previous_months as (

    select
        *,
        lag(avg_track_popularity) over (
            partition by playlist_id, release_month is null
            order by release_year, release_month
        ) as previous_avg_track_popularity
    from release_months

),

trend as (

    select
        playlist_id,
        playlist_name,
        release_year,
        release_month,
        coalesce(
            lpad(release_year::text, 4, '0')
            || coalesce('-' || lpad(release_month::text, 2, '0'), ''),
            'unknown'
        ) as release_year_month,
        count_tracks,
        avg_track_popularity,
        case
            when release_month is not null
                then avg_track_popularity - previous_avg_track_popularity
        end::numeric(9, 2) as change_from_previous,
        row_number() over (
            partition by playlist_id
            order by release_year desc nulls last, release_month desc nulls last
        ) as answer_order
    from previous_months

)

select * from trend
