with

playlist_loads as (

    select * from {{ source('spotify_raw', 'playlists') }}

),

latest_loads as (

    select distinct on (playlist_id)
        playlist_id,
        payload,
        loaded_at
    from playlist_loads
    order by playlist_id asc, loaded_at desc, _dlt_load_id desc, _dlt_id desc

),

renamed as (

    select
        playlist_id::text as playlist_id,

        -- text
        {{ json_text('payload', ['name']) }} as playlist_name,
        nullif({{ json_text('payload', ['description']) }}, '') as playlist_description,
        nullif({{ json_text('payload', ['owner', 'id']) }}, '') as owner_id,
        {{ json_text('payload', ['owner', 'display_name']) }} as owner_name,
        {{ json_text('payload', ['snapshot_id']) }} as snapshot_id,
        {{ json_text('payload', ['external_urls', 'spotify']) }} as playlist_url,

        -- numbers
        {{ json_integer('payload', ['followers', 'total']) }} as playlist_followers,
        {{ json_integer('payload', ['items', 'total']) }} as total_by_api,

        -- booleans
        {{ json_boolean('payload', ['public']) }} as is_public,
        {{ json_boolean('payload', ['collaborative']) }} as is_collaborative,

        -- timestamps
        loaded_at
    from latest_loads

)

select * from renamed
