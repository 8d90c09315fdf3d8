-- What the answers count and add up is what the tracks of the playlist are in staging:
-- playlist by playlist, artist by artist and album by album. Minutes are compared to
-- within the rounding of theirs.
with

playlist_items as (

    select * from {{ ref('stg_playlist_items') }}

),

tracks as (

    select * from {{ ref('stg_tracks') }}

),

track_artists as (

    select * from {{ ref('stg_track_artists') }}

),

-- A track counts once, however often the playlist holds it.
playlist_tracks as (

    select distinct
        playlist_items.playlist_id,
        tracks.track_id,
        tracks.album_id,
        tracks.track_duration_ms
    from playlist_items
    inner join tracks on playlist_items.item_id = tracks.track_id
    where playlist_items.entry_type = 'track'

),

credits as (

    select
        playlist_tracks.*,
        track_artists.artist_id
    from playlist_tracks
    inner join track_artists on playlist_tracks.track_id = track_artists.track_id

),

expected as (

    select
        playlist_id,
        'playlist' as whose,
        playlist_id as whose_id,
        count(*) as count_tracks,
        sum(track_duration_ms) / 60000.0 as minutes
    from playlist_tracks
    group by 1, 2, 3
    union all
    select
        playlist_id,
        'album' as whose,
        album_id as whose_id,
        count(*) as count_tracks,
        null as minutes
    from playlist_tracks
    where album_id is not null
    group by 1, 2, 3
    union all
    select
        playlist_id,
        'artist' as whose,
        artist_id as whose_id,
        count(*) as count_tracks,
        sum(track_duration_ms) / 60000.0 as minutes
    from credits
    group by 1, 2, 3

),

-- One row per answer, playlist and what it counts.
answered as (

    select
        'most_popular_tracks_with_duration' as answer,
        playlist_id,
        'playlist' as whose,
        playlist_id as whose_id,
        count(*) as count_tracks,
        sum(duration_minutes) as minutes
    from {{ ref('most_popular_tracks_with_duration') }}
    group by 1, 2, 3, 4
    union all
    select
        'playlist_profile' as answer,
        playlist_id,
        'playlist' as whose,
        playlist_id as whose_id,
        count_tracks,
        total_duration_minutes as minutes
    from {{ ref('playlist_profile') }}
    where count_tracks > 0
    union all
    select
        'top_5_most_popular_artists_contribution' as answer,
        playlist_id,
        'artist' as whose,
        artist_id as whose_id,
        count_tracks,
        total_duration_minutes as minutes
    from {{ ref('top_5_most_popular_artists_contribution') }}
    union all
    select distinct
        'album_track_popularity_comparison' as answer,
        playlist_id,
        'album' as whose,
        album_id as whose_id,
        count_tracks_in_playlist as count_tracks,
        null::numeric as minutes
    from {{ ref('album_track_popularity_comparison') }}
    where album_id is not null

),

differences as (

    select
        answered.*,
        expected.count_tracks as count_tracks_expected,
        expected.minutes as minutes_expected
    from answered
    left join expected
        on
            answered.playlist_id = expected.playlist_id
            and answered.whose = expected.whose
            and answered.whose_id = expected.whose_id
    where
        answered.count_tracks is distinct from expected.count_tracks
        or abs(answered.minutes - expected.minutes) > 0.005 * expected.count_tracks
        or (answered.minutes is null) != (expected.minutes is null)

)

select * from differences
