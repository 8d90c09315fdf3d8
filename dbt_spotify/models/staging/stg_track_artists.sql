with

tracks as (

    select * from {{ ref('stg_tracks') }}

),

credits as (

    select
        tracks.track_id,
        tracks.loaded_at,
        credit.value as artist,
        nullif({{ json_text('credit.value', ['id']) }}, '') as artist_id,
        {{ json_text('credit.value', ['name']) }} as artist_name,
        credit.position as credit_position
    from tracks
    cross join lateral {{ json_array_rows('tracks.artists', 'credit') }}

),

-- An artist credited twice on a track keeps the first credit.
first_credits as (

    select distinct on (track_id, artist_id)
        track_id,
        artist_id,
        artist_name,
        credit_position,
        loaded_at,
        artist
    from credits
    where artist_id is not null
    order by track_id, artist_id, credit_position

)

select * from first_credits
