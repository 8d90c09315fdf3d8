with

artists as (

    select * from {{ ref('stg_artists') }}

),

artist_genres as (

    select * from {{ ref('artist_genres') }}

),

genre_lists as (

    select
        artist_id,
        string_agg(genre, ', ' order by genre_position) as artist_genres
    from artist_genres
    group by 1

),

final as (

    select
        artists.artist_id,
        artists.artist_name,
        genre_lists.artist_genres,
        artists.artist_popularity,
        artists.artist_followers,
        artists.artist_url,
        artists.loaded_at
    from artists
    left join genre_lists on artists.artist_id = genre_lists.artist_id

)

select * from final
