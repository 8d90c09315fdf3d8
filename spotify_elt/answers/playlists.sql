-- The playlists asked for, in that order; all of them, by name, where none were.
-- `{marts}` is the schema of the marts.
select profile.*, playlists.owner_name, playlists.snapshot_id
from {marts}.playlists as playlists
inner join {marts}.playlist_profile as profile on playlists.playlist_id = profile.playlist_id
where %(ids)s::text[] is null or profile.playlist_id = any(%(ids)s)
order by
    array_position(%(ids)s, profile.playlist_id),
    lower(profile.playlist_name),
    profile.playlist_id
