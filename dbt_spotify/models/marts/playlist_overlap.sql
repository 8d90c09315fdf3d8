with

playlists as (

    select * from {{ ref('playlists') }}

),

members as (

    select
        playlist_id,
        'track' as kind,
        track_id as member_id
    from {{ ref('playlist_tracks') }}
    union all
    select
        playlist_id,
        'artist' as kind,
        artist_id as member_id
    from {{ ref('playlist_artists') }}

),

sizes as (

    select
        playlists.playlist_id,
        playlists.playlist_name,
        count(*) filter (where members.kind = 'track') as count_tracks,
        count(*) filter (where members.kind = 'artist') as count_artists
    from playlists
    left join members on playlists.playlist_id = members.playlist_id
    group by 1, 2

),

shared as (

    select
        one.playlist_id,
        other.playlist_id as other_playlist_id,
        count(*) filter (where one.kind = 'track') as count_shared_tracks,
        count(*) filter (where one.kind = 'artist') as count_shared_artists
    from members as one
    inner join members as other
        on
            one.kind = other.kind
            and one.member_id = other.member_id
            and one.playlist_id != other.playlist_id
    group by 1, 2

),

-- Each pair from both sides, those that share nothing too.
pairs as (

    select
        one.playlist_id,
        one.playlist_name,
        other.playlist_id as other_playlist_id,
        other.playlist_name as other_playlist_name,
        coalesce(shared.count_shared_tracks, 0) as count_shared_tracks,
        coalesce(shared.count_shared_artists, 0) as count_shared_artists,
        one.count_tracks + other.count_tracks as sum_of_tracks,
        one.count_artists + other.count_artists as sum_of_artists
    from sizes as one
    inner join sizes as other on one.playlist_id != other.playlist_id
    left join shared
        on
            one.playlist_id = shared.playlist_id
            and other.playlist_id = shared.other_playlist_id

),

final as (

    select
        playlist_id,
        playlist_name,
        other_playlist_id,
        other_playlist_name,
        count_shared_tracks,
        (
            count_shared_tracks::numeric
            / nullif(sum_of_tracks - count_shared_tracks, 0)
        )::numeric(5, 4) as jaccard_of_tracks,
        count_shared_artists,
        (
            count_shared_artists::numeric
            / nullif(sum_of_artists - count_shared_artists, 0)
        )::numeric(5, 4) as jaccard_of_artists,
        row_number() over (
            partition by playlist_id
            order by
                count_shared_tracks desc,
                count_shared_artists desc,
                other_playlist_name collate "C",
                other_playlist_id collate "C"
        ) as answer_order
    from pairs

)

select * from final
