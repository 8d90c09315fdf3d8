{%- set artist_fields = {
    'name': 'text',
    'external_urls': 'json',
    'popularity': 'integer',
    'followers': 'json',
    'genres': 'json',
} -%}

with

track_artists as (

    select * from {{ ref('stg_track_artists') }}

),

artist_loads as (

    select * from {{ source('spotify_raw', 'artists') }}

),

-- Every credited artist is here, be it fetched or not: the name on the track stands
-- in where Spotify gave no answer.
credited_artists as (

    select distinct on (artist_id)
        artist_id,
        artist,
        loaded_at
    from track_artists
    order by artist_id asc, loaded_at desc, track_id collate "C" asc

),

latest_loads as (

    select distinct on (artist_id)
        artist_id,
        payload,
        loaded_at
    from artist_loads
    order by artist_id asc, loaded_at desc, _dlt_load_id desc, _dlt_id desc

),

best_known as (

    select
        credited_artists.artist_id,
        coalesce(latest_loads.payload, credited_artists.artist) as artist,
        coalesce(latest_loads.loaded_at, credited_artists.loaded_at) as loaded_at
    from credited_artists
    left join latest_loads on credited_artists.artist_id = latest_loads.artist_id

),

renamed as (

    select
        best_known.artist_id,

        -- text
        artist.name as artist_name,
        {{ json_text('artist.external_urls', ['spotify']) }} as artist_url,

        -- numbers
        artist.popularity as artist_popularity,
        {{ json_integer('artist.followers', ['total']) }} as artist_followers,

        -- timestamps
        best_known.loaded_at,

        -- nested, for the model that unfolds it
        artist.genres
    from best_known
    cross join lateral {{ json_fields('best_known.artist', 'artist', artist_fields) }}

)

select * from renamed
