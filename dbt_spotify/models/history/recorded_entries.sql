with

tested_marts as (

    select * from {{ ref('tested_marts') }}

),

playlist_entries as (

    select * from {{ ref('playlist_entries') }}

),

-- Spotify gives a row of a playlist no id. What it is and when it was added stay the
-- same while the row is moved about; those alike in both are told apart by a number.
identified as (

    select
        *,
        coalesce(entry_item_id, entry_uri) as entry_identity,
        extract(epoch from track_added_at)::bigint as added_second
    from playlist_entries

),

numbered as (

    select
        *,
        row_number() over (
            partition by playlist_id, entry_identity, added_second
            order by position
        ) as entry_number
    from identified

),

final as (

    select
        numbered.playlist_id,
        concat_ws(
            ' ', numbered.entry_identity, numbered.added_second, numbered.entry_number
        ) as entry_key,
        numbered.entry_type,
        numbered.track_id,
        numbered.entry_name,
        numbered.position,
        numbered.track_added_at,
        numbered.added_by_id,
        tested_marts.loaded_at as last_read_at
    from numbered
    inner join tested_marts on numbered.playlist_id = tested_marts.playlist_id

)

select * from final
