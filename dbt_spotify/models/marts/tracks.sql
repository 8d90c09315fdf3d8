with

tracks as (

    select * from {{ ref('stg_tracks') }}

),

final as (

    select
        track_id,
        track_name,
        track_popularity,
        track_duration_ms,
        album_id,
        artist_id,
        track_isrc,
        disc_number,
        track_number,
        is_explicit,
        is_playable,
        restriction_reason,
        track_url,
        loaded_at,
        coalesce(is_playable, count_markets > 0) as is_available
    from tracks

)

select * from final
