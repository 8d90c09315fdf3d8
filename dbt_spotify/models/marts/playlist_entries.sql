with

playlist_items as (

    select * from {{ ref('stg_playlist_items') }}

),

entries as (

    select
        playlist_id,
        position,
        entry_type,
        case when entry_type = 'track' then item_id end as track_id,
        added_at as track_added_at,
        added_by_id,
        item_id as entry_item_id,
        item_name as entry_name,
        item_uri as entry_uri,
        item_duration_ms as entry_duration_ms,
        loaded_at,
        case when entry_type = 'track' then nullif(played_item_id, item_id) end
            as played_track_id
    from playlist_items

)

select * from entries
