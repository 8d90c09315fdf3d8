{%- set album_fields = {
    'name': 'text',
    'album_type': 'text',
    'release_date': 'text',
    'release_date_precision': 'text',
    'label': 'text',
    'external_ids': 'json',
    'external_urls': 'json',
    'total_tracks': 'integer',
    'popularity': 'integer',
} -%}

with

tracks as (

    select * from {{ ref('stg_tracks') }}

),

album_loads as (

    select * from {{ source('spotify_raw', 'albums') }}

),

-- Every album of a track is here, be it fetched or not: what the track says of it
-- (name, release date, number of tracks) stands in where Spotify gave no answer.
albums_of_tracks as (

    select distinct on (album_id)
        album_id,
        album,
        loaded_at
    from tracks
    where album_id is not null
    order by album_id asc, loaded_at desc, track_id collate "C" asc

),

latest_loads as (

    select distinct on (album_id)
        album_id,
        payload,
        loaded_at
    from album_loads
    order by album_id asc, loaded_at desc, _dlt_load_id desc, _dlt_id desc

),

best_known as (

    select
        albums_of_tracks.album_id,
        coalesce(latest_loads.payload, albums_of_tracks.album) as album,
        coalesce(latest_loads.loaded_at, albums_of_tracks.loaded_at) as loaded_at
    from albums_of_tracks
    left join latest_loads on albums_of_tracks.album_id = latest_loads.album_id

),

renamed as (

    select
        best_known.album_id,

        -- text
        album.name as album_name,
        album.album_type,
        album.release_date as release_date_text,
        album.release_date_precision as api_date_precision,
        nullif(album.label, '') as album_label,
        nullif({{ json_text('album.external_ids', ['upc']) }}, '') as album_upc,
        {{ json_text('album.external_urls', ['spotify']) }} as album_url,

        -- numbers
        album.total_tracks as album_total_tracks,
        album.popularity as album_popularity,

        -- timestamps
        best_known.loaded_at
    from best_known
    cross join lateral {{ json_fields('best_known.album', 'album', album_fields) }}

)

select * from renamed
