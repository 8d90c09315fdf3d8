{%- set entry_fields = {
    'item': 'json',
    'track': 'json',
} -%}
{%- set item_fields = {
    'name': 'text',
    'album': 'json',
    'artists': 'json',
    'external_ids': 'json',
    'restrictions': 'json',
    'linked_from': 'json',
    'external_urls': 'json',
    'popularity': 'integer',
    'duration_ms': 'integer',
    'disc_number': 'integer',
    'track_number': 'integer',
    'available_markets': 'json',
    'explicit': 'boolean',
    'is_playable': 'boolean',
} -%}

with

playlist_items as (

    select * from {{ ref('stg_playlist_items') }}

),

item_loads as (

    select * from {{ source('spotify_raw', 'playlist_items') }}

),

-- A track in several playlists, or several times in one: the latest load speaks.
latest_items as (

    select distinct on (item_id)
        item_id,
        raw_row_id,
        loaded_at
    from playlist_items
    where entry_type = 'track'
    order by item_id asc, loaded_at desc, playlist_id collate "C" asc, position asc

),

unfolded as (

    select
        latest_items.item_id,
        latest_items.loaded_at,
        coalesce(entry.item, entry.track) as item
    from latest_items
    inner join item_loads on latest_items.raw_row_id = item_loads._dlt_id
    cross join lateral {{ json_fields('item_loads.payload', 'entry', entry_fields) }}

),

renamed as (

    select
        unfolded.item_id as track_id,

        -- text
        item.name as track_name,
        nullif({{ json_text('item.album', ['id']) }}, '') as album_id,
        nullif({{ json_text('item.artists', [0, 'id']) }}, '') as artist_id,
        upper(nullif({{ json_text('item.external_ids', ['isrc']) }}, ''))
            as track_isrc,
        {{ json_text('item.restrictions', ['reason']) }} as restriction_reason,
        coalesce(
            {{ json_text('item.linked_from', ['external_urls', 'spotify']) }},
            {{ json_text('item.external_urls', ['spotify']) }}
        ) as track_url,

        -- numbers
        item.popularity as track_popularity,
        item.duration_ms as track_duration_ms,
        item.disc_number,
        item.track_number,
        {{ json_array_length('item.available_markets', []) }} as count_markets,

        -- booleans
        item.explicit as is_explicit,
        item.is_playable,

        -- timestamps
        unfolded.loaded_at,

        -- nested, for the models that unfold them
        item.album,
        item.artists
    from unfolded
    cross join lateral {{ json_fields('unfolded.item', 'item', item_fields) }}

)

select * from renamed
