-- No track is lost on the way to an answer, for lack of a genre, an album, an artist or
-- a date, and none is counted twice: playlist by playlist, each view tells of as many
-- distinct tracks as staging has of it. (The top 5 shows five artists only: its own
-- test is top_5_ranks_follow_one_another.)
with

playlist_items as (

    select * from {{ ref('stg_playlist_items') }}

),

reached as (

    select
        playlist_id,
        'most_popular_tracks_with_duration' as view_name,
        count(*) as count_tracks
    from {{ ref('most_popular_tracks_with_duration') }}
    group by 1
    union all
    select
        playlist_id,
        'track_popularity_trend_by_release_year_month' as view_name,
        sum(count_tracks) as count_tracks
    from {{ ref('track_popularity_trend_by_release_year_month') }}
    group by 1
    union all
    select
        playlist_id,
        'album_track_popularity_comparison' as view_name,
        count(*) as count_tracks
    from {{ ref('album_track_popularity_comparison') }}
    group by 1
    union all
    select
        playlist_id,
        'genre_track_and_artist_details' as view_name,
        count(distinct track_id) as count_tracks
    from {{ ref('genre_track_and_artist_details') }}
    group by 1

),

-- Written out, so that a view that lost every track is missed too.
view_names as (

    select *
    from
        (
            values
            ('most_popular_tracks_with_duration'),
            ('track_popularity_trend_by_release_year_month'),
            ('album_track_popularity_comparison'),
            ('genre_track_and_artist_details')
        ) as expected_views (view_name)

),

counted as (

    select
        playlist_id,
        count(distinct item_id) as count_tracks
    from playlist_items
    where entry_type = 'track'
    group by 1

),

expected as (

    select
        counted.playlist_id,
        view_names.view_name,
        counted.count_tracks
    from counted
    cross join view_names

),

differences as (

    select
        coalesce(expected.playlist_id, reached.playlist_id) as playlist_id,
        coalesce(expected.view_name, reached.view_name) as view_name,
        expected.count_tracks as count_tracks_expected,
        reached.count_tracks as count_tracks_reached
    from expected
    full join reached
        on
            expected.playlist_id = reached.playlist_id
            and expected.view_name = reached.view_name
    where expected.count_tracks is distinct from reached.count_tracks

)

select * from differences
