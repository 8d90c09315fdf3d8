{%- set entry_fields = {
    'added_at': 'text',
    'added_by': 'json',
    'is_local': 'boolean',
    'item': 'json',
    'track': 'json',
} -%}
{%- set item_fields = {
    'id': 'text',
    'type': 'text',
    'name': 'text',
    'uri': 'text',
    'duration_ms': 'integer',
    'is_local': 'boolean',
    'linked_from': 'json',
} -%}

with

playlists as (

    select * from {{ ref('stg_playlists') }}

),

item_loads as (

    select * from {{ source('spotify_raw', 'playlist_items') }}

),

-- Not by the name above: what a query names twice PostgreSQL copies, with its payloads.
item_keys as (

    select
        playlist_id,
        position,
        loaded_at,
        _dlt_load_id,
        _dlt_id
    from {{ source('spotify_raw', 'playlist_items') }}

),

-- Only the rows of the playlist's latest load: an earlier load's rows may still be
-- there (load method insert, a playlist that was emptied). Of a load that was appended
-- twice the last row of each position, found without a sort of payloads.
latest_items as (

    select item_loads.*
    from item_loads
    inner join playlists
        on
            item_loads.playlist_id = playlists.playlist_id
            and item_loads.loaded_at = playlists.loaded_at
    left join item_keys as appended_later
        on
            item_loads.playlist_id = appended_later.playlist_id
            and item_loads.position = appended_later.position
            and item_loads.loaded_at = appended_later.loaded_at
            and (item_loads._dlt_load_id, item_loads._dlt_id)
            < (appended_later._dlt_load_id, appended_later._dlt_id)
    where appended_later.playlist_id is null

),

unfolded as (

    select
        latest_items.playlist_id::text as playlist_id,
        latest_items.position,
        latest_items.loaded_at,
        latest_items._dlt_id as raw_row_id,
        entry.added_at as added_at_text,
        entry.added_by,
        entry.is_local as is_local_row,
        -- Under `item` where there is such a key, even if it is null.
        case
            when
                entry.item is null
                and not {{ json_has_key('latest_items.payload', 'item') }}
                then entry.track
            else entry.item
        end as item
    from latest_items
    cross join lateral {{ json_fields('latest_items.payload', 'entry', entry_fields) }}

),

-- With a market Spotify may play another recording (`item`) than the track that stands
-- in the playlist (`linked_from`).
renamed as (

    select
        unfolded.playlist_id,
        unfolded.position,

        -- text
        coalesce(
            nullif({{ json_text('item.linked_from', ['id']) }}, ''),
            nullif(item.id, '')
        ) as item_id,
        nullif(item.id, '') as played_item_id,
        item.type as item_type,
        item.name as item_name,
        coalesce(
            nullif({{ json_text('item.linked_from', ['uri']) }}, ''),
            item.uri
        ) as item_uri,
        nullif({{ json_text('unfolded.added_by', ['id']) }}, '') as added_by_id,

        -- numbers
        item.duration_ms as item_duration_ms,

        -- booleans
        coalesce(unfolded.is_local_row, false) or coalesce(item.is_local, false)
            as is_local,

        -- timestamps: Spotify writes 1970-01-01 where it does not know
        nullif(unfolded.added_at_text, '1970-01-01T00:00:00Z')::timestamptz as added_at,
        unfolded.loaded_at,

        -- where the item itself is, for the model that unfolds more of it
        unfolded.raw_row_id
    from unfolded
    cross join lateral {{ json_fields('unfolded.item', 'item', item_fields) }}

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
