with

track_artists as (

    select * from {{ ref('stg_track_artists') }}

),

final as (

    select
        track_id,
        artist_id,
        credit_position
    from track_artists

)

select * from final
