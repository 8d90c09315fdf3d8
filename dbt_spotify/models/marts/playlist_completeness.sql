with

playlist_fields as (

    select * from {{ ref('playlist_fields') }}

),

-- In words, what it means for the answers that a field was sent for none of a kind, or
-- not for all.
meanings (field_order, entity_type, field, when_none_sent, when_some_sent) as (

    values
    (
        1, 'track', 'popularity',
        'Tracks cannot be ranked: questions 2 and 3 show their lengths and '
        || 'release months.',
        'They have no rank and count in no average.'
    ),
    (
        2, 'album', 'popularity',
        'Question 4 cannot compare albums with their tracks: it shows how '
        || 'many each gave.',
        'Question 4 does not compare their tracks.'
    ),
    (
        3, 'artist', 'popularity',
        'Question 1 ranks artists by their tracks in the playlist.',
        'They stand behind all others in question 1.'
    ),
    (
        4, 'album', 'label',
        'The profile counts no labels.',
        'The profile''s number of labels may be too low.'
    ),
    (
        5, 'artist', 'followers',
        'None of the answers needs them.',
        'None of the answers needs them.'
    ),
    (
        6, 'artist', 'genres',
        'Question 5 shows the artists alone.',
        'Question 5 has their tracks under “no genre”.'
    )

),

counted as (

    select
        playlist_id,
        playlist_name,
        entity_type,
        field,
        count(*) as count_entities,
        count(*) filter (where is_sent) as count_sent
    from playlist_fields
    group by 1, 2, 3, 4

),

final as (

    select
        counted.playlist_id,
        counted.playlist_name,
        counted.entity_type,
        counted.field,
        counted.count_entities,
        counted.count_sent,
        case
            when counted.count_sent = 0 then meanings.when_none_sent
            when counted.count_sent < counted.count_entities
                then meanings.when_some_sent
        end as consequence,
        row_number() over (
            partition by counted.playlist_id
            order by meanings.field_order
        ) as answer_order
    from counted
    inner join meanings
        on
            counted.entity_type = meanings.entity_type
            and counted.field = meanings.field

)

select * from final
