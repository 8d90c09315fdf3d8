-- As many rows as the playlist has credited artists, five at the most, with the ranks
-- 1, 2, 3 ... and no gap.
with

playlist_entries as (

    select * from {{ ref('playlist_entries') }}

),

track_artists as (

    select * from {{ ref('track_artists') }}

),

top_5 as (

    select * from {{ ref('top_5_most_popular_artists_contribution') }}

),

credited as (

    select
        playlist_entries.playlist_id,
        least(count(distinct track_artists.artist_id), 5) as count_expected
    from playlist_entries
    inner join track_artists on playlist_entries.track_id = track_artists.track_id
    group by 1

),

ranked as (

    select
        playlist_id,
        count(*) as count_rows,
        max(artist_rank) as last_rank
    from top_5
    group by 1

),

differences as (

    select
        coalesce(credited.playlist_id, ranked.playlist_id) as playlist_id,
        credited.count_expected,
        ranked.count_rows,
        ranked.last_rank
    from credited
    full join ranked on credited.playlist_id = ranked.playlist_id
    where
        credited.count_expected is distinct from ranked.count_rows
        or credited.count_expected is distinct from ranked.last_rank

)

select * from differences
