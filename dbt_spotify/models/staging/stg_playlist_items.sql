with

playlists as (

    select * from {{ ref('stg_playlists') }}

),

item_loads as (

    select * from {{ source('spotify_raw', 'playlist_items') }}

),

-- Only the rows of the playlist's latest load: an earlier load's rows may still be
-- there (load method insert, a playlist that was emptied).
latest_items as (

    select distinct on (item_loads.playlist_id, item_loads.position)
        item_loads.playlist_id::text as playlist_id,
        item_loads.position,
        item_loads.loaded_at,
        {{ json_text('item_loads.payload', ['added_at']) }} as added_at_text,
        nullif({{ json_text('item_loads.payload', ['added_by', 'id']) }}, '')
            as added_by_id,
        {{ json_boolean('item_loads.payload', ['is_local']) }} as is_local_row,
        case
            when {{ json_has_key('item_loads.payload', 'item') }}
                then {{ json_object('item_loads.payload', ['item']) }}
            else {{ json_object('item_loads.payload', ['track']) }}
        end as item
    from item_loads
    inner join playlists
        on
            item_loads.playlist_id = playlists.playlist_id
            and item_loads.loaded_at = playlists.loaded_at
    order by
        item_loads.playlist_id asc,
        item_loads.position asc,
        item_loads._dlt_load_id desc,
        item_loads._dlt_id desc

),

-- With a market Spotify may play another recording (`item`) than the track that stands
-- in the playlist (`linked_from`).
renamed as (

    select
        playlist_id,
        position,

        -- text
        coalesce(
            nullif({{ json_text('item', ['linked_from', 'id']) }}, ''),
            nullif({{ json_text('item', ['id']) }}, '')
        ) as item_id,
        nullif({{ json_text('item', ['id']) }}, '') as played_item_id,
        {{ json_text('item', ['type']) }} as item_type,
        {{ json_text('item', ['name']) }} as item_name,
        coalesce(
            nullif({{ json_text('item', ['linked_from', 'uri']) }}, ''),
            {{ json_text('item', ['uri']) }}
        ) as item_uri,
        added_by_id,

        -- numbers
        {{ json_integer('item', ['duration_ms']) }} as item_duration_ms,

        -- booleans
        coalesce(is_local_row, false)
        or coalesce({{ json_boolean('item', ['is_local']) }}, false) as is_local,

        -- timestamps: Spotify writes 1970-01-01 where it does not know
        nullif(added_at_text, '1970-01-01T00:00:00Z')::timestamptz as added_at,
        loaded_at,

        -- the track, episode or null itself, for the models that unfold it
        item
    from latest_items

),

classified as (

    select
        *,
        case
            when is_local then 'local'
            when item_type = 'episode' then 'episode'
            -- What Spotify removed may keep its id, and nothing else.
            when item_name = '' and item_duration_ms = 0 then 'unavailable'
            when item_id is not null and coalesce(item_type, 'track') = 'track'
                then 'track'
            else 'unavailable'
        end as entry_type
    from renamed

)

select * from classified
