-- Nothing is dropped between staging and the marts: playlist by playlist, as many
-- entries as items, of the same kinds.
with

playlist_items as (

    select * from {{ ref('stg_playlist_items') }}

),

playlist_entries as (

    select * from {{ ref('playlist_entries') }}

),

items as (

    select
        playlist_id,
        entry_type,
        count(*) as count_items
    from playlist_items
    group by 1, 2

),

entries as (

    select
        playlist_id,
        entry_type,
        count(*) as count_entries
    from playlist_entries
    group by 1, 2

),

differences as (

    select
        coalesce(items.playlist_id, entries.playlist_id) as playlist_id,
        coalesce(items.entry_type, entries.entry_type) as entry_type,
        items.count_items,
        entries.count_entries
    from items
    full join entries
        on
            items.playlist_id = entries.playlist_id
            and items.entry_type = entries.entry_type
    where items.count_items is distinct from entries.count_entries

)

select * from differences
