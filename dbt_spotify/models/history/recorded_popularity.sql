-- depends_on: {{ ref('tested_marts') }}
with

-- No row without a popularity: what Spotify stopped sending keeps its last known value.
popularity as (

    select
        'track' as entity_type,
        track_id as entity_id,
        track_name as entity_name,
        track_popularity as popularity,
        loaded_at
    from {{ ref('tracks') }}
    where track_popularity is not null
    union all
    select
        'album' as entity_type,
        album_id as entity_id,
        album_name as entity_name,
        album_popularity as popularity,
        loaded_at
    from {{ ref('albums') }}
    where album_popularity is not null
    union all
    select
        'artist' as entity_type,
        artist_id as entity_id,
        artist_name as entity_name,
        artist_popularity as popularity,
        loaded_at
    from {{ ref('artists') }}
    where artist_popularity is not null

)

select * from popularity
