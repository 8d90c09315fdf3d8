with

playlists as (

    select * from {{ ref('stg_playlists') }}

),

final as (

    select
        playlist_id,
        playlist_name,
        playlist_description,
        owner_id,
        owner_name,
        snapshot_id,
        playlist_url,
        playlist_followers,
        is_public,
        is_collaborative,
        loaded_at
    from playlists

)

select * from final
