{%- set one_numbers, other_numbers = 'one.artist_numbers', 'other.artist_numbers' -%}

with

nearest as (

    select * from {{ ref('int_nearest_playlists') }}

),

playlist_artists as (

    select * from {{ ref('playlist_artists') }}

),

artists as (

    select * from {{ ref('artists') }}

),

-- Numbers in place of ids: many millions of them are compared below.
numbered_artists as (

    select
        artist_id,
        row_number() over (order by artist_id collate "C")::integer as artist_number
    from artists

),

artists_of_playlists as (

    select
        playlist_artists.playlist_id,
        count(*) as count_artists,
        array_agg(numbered_artists.artist_number) as artist_numbers
    from playlist_artists
    inner join numbered_artists
        on playlist_artists.artist_id = numbered_artists.artist_id
    group by 1

),

compared as (

    select
        nearest.*,
        coalesce(one.count_artists, 0) as count_artists,
        coalesce(other.count_artists, 0) as count_other_artists,
        shared.count_shared as count_shared_artists
    from nearest
    left join artists_of_playlists as one on nearest.playlist_id = one.playlist_id
    left join artists_of_playlists as other
        on nearest.other_playlist_id = other.playlist_id
    cross join lateral {{ shared_numbers(one_numbers, other_numbers, 'shared') }}

),

final as (

    select
        compared.playlist_id,
        compared.playlist_name,
        compared.other_playlist_id,
        compared.other_playlist_name,
        compared.count_shared_tracks,
        compared.jaccard_of_tracks::numeric(5, 4) as jaccard_of_tracks,
        compared.count_shared_artists,
        (
            compared.count_shared_artists::numeric
            / nullif(
                compared.count_artists
                + compared.count_other_artists
                - compared.count_shared_artists,
                0
            )
        )::numeric(5, 4) as jaccard_of_artists,
        compared.answer_order
    from compared

)

select * from final
