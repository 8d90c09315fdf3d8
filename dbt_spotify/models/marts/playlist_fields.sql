with

playlist_tracks as (

    select * from {{ ref('playlist_tracks') }}

),

albums as (

    select * from {{ ref('albums') }}

),

playlist_artists as (

    select * from {{ ref('playlist_artists') }}

),

-- An album once, however many of its tracks are there.
playlist_albums as (

    select distinct
        playlist_tracks.playlist_id,
        playlist_tracks.playlist_name,
        albums.album_id,
        albums.album_name,
        albums.album_popularity,
        albums.album_label
    from playlist_tracks
    inner join albums on playlist_tracks.album_id = albums.album_id

),

fields as (

    select
        playlist_id,
        playlist_name,
        'track' as entity_type,
        track_id as entity_id,
        track_name as entity_name,
        'popularity' as field,
        track_popularity is not null as is_sent
    from playlist_tracks
    union all
    select
        playlist_id,
        playlist_name,
        'album' as entity_type,
        album_id as entity_id,
        album_name as entity_name,
        'popularity' as field,
        album_popularity is not null as is_sent
    from playlist_albums
    union all
    select
        playlist_id,
        playlist_name,
        'album' as entity_type,
        album_id as entity_id,
        album_name as entity_name,
        'label' as field,
        album_label is not null as is_sent
    from playlist_albums
    union all
    select
        playlist_id,
        playlist_name,
        'artist' as entity_type,
        artist_id as entity_id,
        artist_name as entity_name,
        'popularity' as field,
        artist_popularity is not null as is_sent
    from playlist_artists
    union all
    select
        playlist_id,
        playlist_name,
        'artist' as entity_type,
        artist_id as entity_id,
        artist_name as entity_name,
        'followers' as field,
        artist_followers is not null as is_sent
    from playlist_artists
    union all
    select
        playlist_id,
        playlist_name,
        'artist' as entity_type,
        artist_id as entity_id,
        artist_name as entity_name,
        'genres' as field,
        artist_genres is not null as is_sent
    from playlist_artists

)

select * from fields
