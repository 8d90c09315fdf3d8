-- depends_on: {{ ref('tested_marts') }}
with

artists as (

    select * from {{ ref('artists') }}

),

-- No row without a number: what Spotify stopped sending keeps its last known value.
followers as (

    select
        artist_id,
        artist_name,
        artist_followers,
        loaded_at
    from artists
    where artist_followers is not null

)

select * from followers
