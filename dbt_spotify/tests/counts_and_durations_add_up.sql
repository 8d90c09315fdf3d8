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
playlist_track_ids as (

    select distinct
        playlist_id,
        item_id as track_id
    from playlist_items
    where entry_type = 'track'

),

playlist_tracks as (

    select
        playlist_track_ids.playlist_id,
        tracks.track_id,
        tracks.album_id,
        tracks.track_duration_ms
    from playlist_track_ids
    inner join tracks on playlist_track_ids.track_id = tracks.track_id

),

top_5 as (

    select * from {{ ref('top_5_most_popular_artists_contribution') }}

),

credits as (

    select
        playlist_tracks.*,
        top_5.artist_id
    from playlist_tracks
    inner join track_artists on playlist_tracks.track_id = track_artists.track_id
    inner join top_5
        on
            playlist_tracks.playlist_id = top_5.playlist_id
            and track_artists.artist_id = top_5.artist_id

),

-- One row per answer, playlist and what it counts; what staging says is no answer.
told as (

    select
        null as answer,
        playlist_id,
        'playlist' as whose,
        playlist_id as whose_id,
        count(*) as count_tracks,
        sum(track_duration_ms) / 60000.0 as minutes
    from playlist_tracks
    group by playlist_id
    union all
    select
        null as answer,
        playlist_id,
        'album' as whose,
        album_id as whose_id,
        count(*) as count_tracks,
        null as minutes
    from playlist_tracks
    where album_id is not null
    group by playlist_id, album_id
    union all
    select
        null as answer,
        playlist_id,
        'artist' as whose,
        artist_id as whose_id,
        count(*) as count_tracks,
        sum(track_duration_ms) / 60000.0 as minutes
    from credits
    group by playlist_id, artist_id
    union all
    select
        'most_popular_tracks_with_duration' as answer,
        playlist_id,
        'playlist' as whose,
        playlist_id as whose_id,
        count(*) as count_tracks,
        sum(duration_minutes) as minutes
    from {{ ref('most_popular_tracks_with_duration') }}
    group by playlist_id
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
    from top_5
    union all
    select
        'album_track_popularity_comparison' as answer,
        playlist_id,
        'album' as whose,
        album_id as whose_id,
        count_tracks_in_playlist as count_tracks,
        null as minutes
    from {{ ref('album_track_popularity_comparison') }}
    where album_id is not null

),

-- Side by side by way of a group, which a million rows take once; a join without
-- statistics may take the million times a million.
compared as (

    select
        playlist_id,
        whose,
        whose_id,
        count(answer) as count_answers,
        min(count_tracks) filter (where answer is null) as count_tracks_expected,
        min(count_tracks) filter (where answer is not null) as least_count_tracks,
        max(count_tracks) filter (where answer is not null) as most_count_tracks,
        min(minutes) filter (where answer is null) as minutes_expected,
        min(minutes) filter (where answer is not null) as least_minutes,
        max(minutes) filter (where answer is not null) as most_minutes,
        count(minutes) filter (where answer is not null) as count_minutes
    from told
    group by playlist_id, whose, whose_id

),

differences as (

    select * from compared
    where
        count_answers > 0
        and (
            least_count_tracks is distinct from count_tracks_expected
            or most_count_tracks is distinct from count_tracks_expected
            or minutes_expected - least_minutes > 0.005 * count_tracks_expected
            or most_minutes - minutes_expected > 0.005 * count_tracks_expected
            or count_minutes
            != case when minutes_expected is null then 0 else count_answers end
        )

)

select * from differences
