{%- set one_numbers, other_numbers = 'one.artist_numbers', 'other.artist_numbers' -%}

with

playlists as (

    select * from {{ ref('playlists') }}

),

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

playlist_artists as (

    select * from {{ ref('playlist_artists') }}

),

artists as (

    select * from {{ ref('artists') }}

),

-- Numbers in place of ids, in their order: millions of them are compared below.
numbered_playlists as (

    select
        playlist_id,
        playlist_name,
        row_number() over (order by playlist_id collate "C")::integer
            as playlist_number
    from playlists

),

numbered_artists as (

    select
        artist_id,
        row_number() over (order by artist_id collate "C")::integer as artist_number
    from artists

),

tracks as (

    select
        numbered_playlists.playlist_number,
        playlist_tracks.track_id
    from playlist_tracks
    inner join numbered_playlists
        on playlist_tracks.playlist_id = numbered_playlists.playlist_id

),

sizes as (

    select
        playlist_number,
        count(*) as count_tracks
    from tracks
    group by 1

),

artists_of_playlists as (

    select
        numbered_playlists.playlist_number,
        count(*) as count_artists,
        array_agg(numbered_artists.artist_number) as artist_numbers
    from playlist_artists
    inner join numbered_playlists
        on playlist_artists.playlist_id = numbered_playlists.playlist_id
    inner join numbered_artists
        on playlist_artists.artist_id = numbered_artists.artist_id
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
        ranked.*,
        coalesce(one.count_artists, 0) as count_artists,
        coalesce(other.count_artists, 0) as count_other_artists,
        shared.count_shared as count_shared_artists
    from ranked
    left join artists_of_playlists as one
        on ranked.playlist_number = one.playlist_number
    left join artists_of_playlists as other
        on ranked.other_number = other.playlist_number
    cross join lateral {{ shared_numbers(one_numbers, other_numbers, 'shared') }}
    where ranked.answer_order <= 50

),

final as (

    select
        one.playlist_id,
        one.playlist_name,
        other.playlist_id as other_playlist_id,
        other.playlist_name as other_playlist_name,
        nearest.count_shared_tracks,
        nearest.jaccard_of_tracks::numeric(5, 4) as jaccard_of_tracks,
        nearest.count_shared_artists,
        (
            nearest.count_shared_artists::numeric
            / nullif(
                nearest.count_artists
                + nearest.count_other_artists
                - nearest.count_shared_artists,
                0
            )
        )::numeric(5, 4) as jaccard_of_artists,
        nearest.answer_order
    from nearest
    inner join numbered_playlists as one
        on nearest.playlist_number = one.playlist_number
    inner join numbered_playlists as other
        on nearest.other_number = other.playlist_number

)

select * from final
