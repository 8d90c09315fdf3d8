with

playlist_items as (

    select * from {{ ref('stg_playlist_items') }}

),

-- A track in several playlists, or several times in one: the latest load speaks.
latest_items as (

    select distinct on (item_id)
        item_id,
        item,
        loaded_at
    from playlist_items
    where entry_type = 'track'
    order by item_id asc, loaded_at desc, playlist_id collate "C" asc, position asc

),

renamed as (

    select
        item_id as track_id,

        -- text
        {{ json_text('item', ['name']) }} as track_name,
        nullif({{ json_text('item', ['album', 'id']) }}, '') as album_id,
        nullif({{ json_text('item', ['artists', 0, 'id']) }}, '') as artist_id,
        upper(nullif({{ json_text('item', ['external_ids', 'isrc']) }}, ''))
            as track_isrc,
        {{ json_text('item', ['restrictions', 'reason']) }} as restriction_reason,
        coalesce(
            {{ json_text('item', ['linked_from', 'external_urls', 'spotify']) }},
            {{ json_text('item', ['external_urls', 'spotify']) }}
        ) as track_url,

        -- numbers
        {{ json_integer('item', ['popularity']) }} as track_popularity,
        {{ json_integer('item', ['duration_ms']) }} as track_duration_ms,
        {{ json_integer('item', ['disc_number']) }} as disc_number,
        {{ json_integer('item', ['track_number']) }} as track_number,
        {{ json_array_length('item', ['available_markets']) }} as count_markets,

        -- booleans
        {{ json_boolean('item', ['explicit']) }} as is_explicit,
        {{ json_boolean('item', ['is_playable']) }} as is_playable,

        -- timestamps
        loaded_at,

        -- nested, for the models that unfold them
        {{ json_object('item', ['album']) }} as album,
        {{ json_object('item', ['artists']) }} as artists
    from latest_items

)

select * from renamed
