with

artists as (

    select * from {{ ref('stg_artists') }}

),

genres as (

    select
        artists.artist_id,
        trim({{ json_scalar_text('genre.value') }}) as genre,
        genre.position as genre_position
    from artists
    cross join lateral {{ json_array_rows('artists.genres', 'genre') }}

),

distinct_genres as (

    select
        artist_id,
        genre,
        min(genre_position) as genre_position
    from genres
    where genre != ''
    group by 1, 2

)

select * from distinct_genres
