with

playlists as (

    select * from {{ ref('playlists') }}

),

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

-- Numbers in place of ids, in their order: millions of pairs are counted below.
numbered as (

    select
        playlist_id,
        playlist_name,
        row_number() over (order by playlist_id collate "C")::integer
            as playlist_number
    from playlists

),

tracks as (

    select
        numbered.playlist_number,
        playlist_tracks.track_id
    from playlist_tracks
    inner join numbered on playlist_tracks.playlist_id = numbered.playlist_id

),

sizes as (

    select
        playlist_number,
        count(*) as count_tracks
    from tracks
    group by 1

),

-- Met at the tracks that they share: playlists that share none never meet.
pairs as (

    select
        one.playlist_number,
        other.playlist_number as other_number,
        count(*) as count_shared_tracks
    from tracks as one
    inner join tracks as other
        on
            one.track_id = other.track_id
            and one.playlist_number != other.playlist_number
    group by 1, 2

),

compared as (

    select
        pairs.*,
        pairs.count_shared_tracks::numeric
        / (one.count_tracks + other.count_tracks - pairs.count_shared_tracks)
            as jaccard_of_tracks
    from pairs
    inner join sizes as one on pairs.playlist_number = one.playlist_number
    inner join sizes as other on pairs.other_number = other.playlist_number

),

ranked as (

    select
        *,
        row_number() over (
            partition by playlist_number
            order by jaccard_of_tracks desc, count_shared_tracks desc, other_number asc
        ) as answer_order
    from compared

),

nearest as (

    select
        one.playlist_id,
        one.playlist_name,
        other.playlist_id as other_playlist_id,
        other.playlist_name as other_playlist_name,
        ranked.count_shared_tracks,
        ranked.jaccard_of_tracks,
        ranked.answer_order
    from ranked
    inner join numbered as one on ranked.playlist_number = one.playlist_number
    inner join numbered as other on ranked.other_number = other.playlist_number
    where ranked.answer_order <= 50

)

select * from nearest
