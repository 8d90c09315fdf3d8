-- Playlist by playlist: as many rows as Spotify says, in the raw tables, in staging and
-- in the marts, at the positions 0, 1, 2 and so on.
with

playlists as (

    select * from {{ ref('stg_playlists') }}

),

item_loads as (

    select * from {{ source('spotify_raw', 'playlist_items') }}

),

-- A load that was appended twice is one.
raw_items as (

    select
        playlist_id,
        loaded_at,
        count(distinct position) as count_raw,
        max(position) + 1 as count_positions
    from item_loads
    group by 1, 2

),

staged_items as (

    select
        playlist_id,
        count(*) as count_staged
    from {{ ref('stg_playlist_items') }}
    group by 1

),

entries as (

    select
        playlist_id,
        count(*) as count_entries
    from {{ ref('playlist_entries') }}
    group by 1

),

counted as (

    select
        playlists.playlist_id,
        playlists.total_by_api,
        coalesce(raw_items.count_raw, 0) as count_raw,
        coalesce(raw_items.count_positions, 0) as count_positions,
        coalesce(staged_items.count_staged, 0) as count_staged,
        coalesce(entries.count_entries, 0) as count_entries
    from playlists
    left join raw_items
        on
            playlists.playlist_id = raw_items.playlist_id
            and playlists.loaded_at = raw_items.loaded_at
    left join staged_items on playlists.playlist_id = staged_items.playlist_id
    left join entries on playlists.playlist_id = entries.playlist_id

),

differences as (

    select * from counted
    where
        coalesce(total_by_api, count_raw) != count_raw
        or count_raw != count_positions
        or count_raw != count_staged
        or count_raw != count_entries

)

select * from differences
