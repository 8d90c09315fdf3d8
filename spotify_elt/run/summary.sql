-- Which fields are missing of how many, each thing counted once over the playlists of the run.
-- `{marts}` is the schema of the marts.
with counted as (
    select
        field,
        entity_type,
        count(distinct entity_id) as count_entities,
        count(distinct entity_id) filter (where not is_sent) as count_missing
    from {marts}.playlist_fields
    where playlist_id = any(%s)
    group by 1, 2
)
select
    field,
    entity_type,
    case
        when count_missing < count_entities then count_missing || ' of ' || count_entities
        when count_entities = 1 then 'the only one'
        else 'all ' || count_entities
    end as missing_for,
    count_missing = count_entities as none_was_sent
from counted
where count_missing > 0
order by
    array_position(array['popularity', 'label', 'followers', 'genres'], field),
    array_position(array['track', 'album', 'artist'], entity_type)
