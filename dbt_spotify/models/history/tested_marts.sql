-- What stands on this model is recorded for good, so it waits: dbt builds it only when
-- every mart below was built, and every test on them and what they are made of passed.
-- depends_on: {{ ref('top_5_most_popular_artists_contribution') }}
-- depends_on: {{ ref('most_popular_tracks_with_duration') }}
-- depends_on: {{ ref('track_popularity_trend_by_release_year_month') }}
-- depends_on: {{ ref('album_track_popularity_comparison') }}
-- depends_on: {{ ref('genre_track_and_artist_details') }}
-- depends_on: {{ ref('genre_summary') }}
-- depends_on: {{ ref('playlist_profile') }}
-- depends_on: {{ ref('playlist_overlap') }}
-- depends_on: {{ ref('playlist_completeness') }}
with

playlists as (

    select * from {{ ref('playlists') }}

),

final as (

    select
        playlist_id,
        loaded_at
    from playlists

)

select * from final
