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

sizes as (

    select
        playlists.playlist_id,
        playlists.playlist_name,
        count(playlist_tracks.track_id) as count_tracks
    from playlists
    inner join playlist_tracks on playlists.playlist_id = playlist_tracks.playlist_id
    group by 1, 2

),

artist_sizes as (

    select
        playlist_id,
        count(*) as count_artists
    from playlist_artists
    group by 1

),

-- Met at the tracks that they share: playlists that share none never meet.
pairs as (

    select
        one.playlist_id,
        other.playlist_id as other_playlist_id,
        count(*) as count_shared_tracks
    from playlist_tracks as one
    inner join playlist_tracks as other
        on one.track_id = other.track_id and one.playlist_id != other.playlist_id
    group by 1, 2

),

compared as (

    select
        pairs.playlist_id,
        one.playlist_name,
        pairs.other_playlist_id,
        other.playlist_name as other_playlist_name,
        pairs.count_shared_tracks,
        pairs.count_shared_tracks::numeric
        / (one.count_tracks + other.count_tracks - pairs.count_shared_tracks)
            as jaccard_of_tracks
    from pairs
    inner join sizes as one on pairs.playlist_id = one.playlist_id
    inner join sizes as other on pairs.other_playlist_id = other.playlist_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                jaccard_of_tracks desc,
                count_shared_tracks desc,
                other_playlist_id collate "C"
        ) as answer_order
    from compared

),

nearest as (

    select * from ranked
    where answer_order <= 50

),

shared_artists as (

    select
        nearest.playlist_id,
        nearest.other_playlist_id,
        count(*) as count_shared_artists
    from nearest
    inner join playlist_artists as one on nearest.playlist_id = one.playlist_id
    inner join playlist_artists as other
        on
            nearest.other_playlist_id = other.playlist_id
            and one.artist_id = other.artist_id
    group by 1, 2

),

final as (

    select
        nearest.playlist_id,
        nearest.playlist_name,
        nearest.other_playlist_id,
        nearest.other_playlist_name,
        nearest.count_shared_tracks,
        nearest.jaccard_of_tracks::numeric(5, 4) as jaccard_of_tracks,
        coalesce(shared_artists.count_shared_artists, 0) as count_shared_artists,
        (
            coalesce(shared_artists.count_shared_artists, 0)::numeric
            / nullif(
                coalesce(one.count_artists, 0)
                + coalesce(other.count_artists, 0)
                - coalesce(shared_artists.count_shared_artists, 0),
                0
            )
        )::numeric(5, 4) as jaccard_of_artists,
        nearest.answer_order
    from nearest
    left join shared_artists
        on
            nearest.playlist_id = shared_artists.playlist_id
            and nearest.other_playlist_id = shared_artists.other_playlist_id
    left join artist_sizes as one on nearest.playlist_id = one.playlist_id
    left join artist_sizes as other on nearest.other_playlist_id = other.playlist_id

)

select * from final
