with

artist_genres as (

    select * from {{ ref('stg_artist_genres') }}

),

final as (

    select
        artist_id,
        genre,
        genre_position
    from artist_genres

)

select * from final
