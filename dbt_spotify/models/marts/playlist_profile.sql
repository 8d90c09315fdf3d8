with

playlists as (

    select * from {{ ref('playlists') }}

),

playlist_entries as (

    select * from {{ ref('playlist_entries') }}

),

track_facts as (

    select * from {{ ref('int_playlist_track_facts') }}

),

playlist_artists as (

    select * from {{ ref('playlist_artists') }}

),

-- Everything in the playlist, whatever it is. `playlists` says when "now" was.
entries as (

    select
        playlists.playlist_id,
        count(playlist_entries.position) as count_entries,
        count(*) filter (where playlist_entries.entry_type = 'track')
            as count_track_entries,
        count(*) filter (where playlist_entries.entry_type = 'episode')
            as count_episodes,
        count(*) filter (where playlist_entries.entry_type = 'local')
            as count_local_files,
        count(*) filter (where playlist_entries.entry_type = 'unavailable')
            as count_unavailable,
        avg(
            (
                playlist_entries.track_added_at
                > playlists.loaded_at - interval '28 days'
            )::integer
        ) as share_added_last_28_days,
        max(playlist_entries.track_added_at) as last_added_at
    from playlists
    left join playlist_entries on playlists.playlist_id = playlist_entries.playlist_id
    group by playlists.playlist_id, playlists.loaded_at

),

-- Distinct tracks. An average leaves out what is NULL: it is of what is known.
tracks as (

    select
        playlist_id,
        count(*) as count_tracks,
        case
            when count(track_isrc) > 0
                then count(*) - count(distinct coalesce(track_isrc, track_id))
        end as count_isrc_duplicates,
        count(distinct album_id) as count_albums,
        nullif(count(distinct album_label), 0) as count_labels,
        sum(track_duration_ms) / 60000.0 as total_duration_minutes,
        percentile_cont(0.5) within group (order by track_duration_ms)::numeric
        / 60000 as median_duration_minutes,
        avg(is_explicit::integer) as share_explicit,
        avg((count_artists > 1)::integer) as share_collaborations,
        percentile_cont(0.5) within group (order by release_year)
            as median_release_year,
        avg(is_of_last_18_months::integer) as share_of_last_18_months,
        avg(track_popularity) as avg_track_popularity,
        stddev_pop(track_popularity) as stddev_track_popularity,
        avg((track_popularity is not null)::integer) as share_with_popularity,
        avg(has_genres::integer) as share_with_genres,
        case
            when count(is_available) > 0 then count(*) filter (where not is_available)
        end as count_tracks_not_available,
        avg((not is_available)::integer) as share_not_available
    from track_facts
    group by playlist_id

),

-- An artist's share is that of all credits, so that the shares add up to 1.
artists as (

    select
        playlist_id,
        count(*) as count_artists,
        sum(count_tracks::numeric) filter (where answer_order <= 5)
        / sum(count_tracks) as share_of_top_5_artists,
        sum(count_tracks::numeric) ^ 2 / sum(count_tracks::numeric ^ 2)
            as effective_artists
    from playlist_artists
    group by playlist_id

),

final as (

    select
        playlists.playlist_id,
        playlists.playlist_name,
        entries.count_entries,
        entries.count_track_entries,
        entries.count_episodes,
        entries.count_local_files,
        entries.count_unavailable,
        coalesce(tracks.count_tracks, 0) as count_tracks,
        entries.count_track_entries - coalesce(tracks.count_tracks, 0)
            as count_id_duplicates,
        tracks.count_isrc_duplicates,
        coalesce(artists.count_artists, 0) as count_artists,
        coalesce(tracks.count_albums, 0) as count_albums,
        tracks.count_labels,
        tracks.total_duration_minutes::numeric(12, 2) as total_duration_minutes,
        tracks.median_duration_minutes::numeric(12, 2) as median_duration_minutes,
        tracks.share_explicit::numeric(5, 4) as share_explicit,
        tracks.share_collaborations::numeric(5, 4) as share_collaborations,
        artists.share_of_top_5_artists::numeric(5, 4) as share_of_top_5_artists,
        artists.effective_artists::numeric(12, 2) as effective_artists,
        tracks.median_release_year::numeric(6, 1) as median_release_year,
        tracks.share_of_last_18_months::numeric(5, 4) as share_of_last_18_months,
        case
            when tracks.share_of_last_18_months >= 0.75 then 'frontline'
            when tracks.share_of_last_18_months <= 0.25 then 'catalogue'
            when tracks.share_of_last_18_months is not null then 'mixed'
        end as release_profile,
        entries.share_added_last_28_days::numeric(5, 4) as share_added_last_28_days,
        (extract(epoch from playlists.loaded_at - entries.last_added_at) / 86400)
        ::numeric(9, 2) as days_since_last_add,
        tracks.avg_track_popularity::numeric(9, 2) as avg_track_popularity,
        tracks.stddev_track_popularity::numeric(9, 2) as stddev_track_popularity,
        tracks.share_with_popularity::numeric(5, 4) as share_with_popularity,
        tracks.share_with_genres::numeric(5, 4) as share_with_genres,
        playlists.loaded_at,
        entries.last_added_at,
        tracks.count_tracks_not_available,
        tracks.share_not_available::numeric(5, 4) as share_not_available
    from playlists
    inner join entries on playlists.playlist_id = entries.playlist_id
    left join tracks on playlists.playlist_id = tracks.playlist_id
    left join artists on playlists.playlist_id = artists.playlist_id

)

select * from final
