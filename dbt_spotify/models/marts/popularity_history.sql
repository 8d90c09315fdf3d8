with

versions as (

    select * from {{ ref('popularity_versions') }}

),

playlists as (

    select * from {{ ref('playlists') }}

),

latest_reading as (

    select max(loaded_at) as read_at
    from playlists

),

final as (

    select
        versions.entity_type,
        versions.entity_id,
        versions.entity_name,
        versions.dbt_valid_from as valid_from,
        versions.dbt_valid_to as valid_to,
        versions.popularity,
        versions.popularity - lag(versions.popularity) over (
            partition by versions.entity_type, versions.entity_id
            order by versions.dbt_valid_from
        ) as change,
        (
            extract(
                epoch from greatest(
                    coalesce(versions.dbt_valid_to, latest_reading.read_at)
                    - versions.dbt_valid_from,
                    interval '0'
                )
            ) / 86400
        )::numeric(9, 2) as days
    from versions
    cross join latest_reading

)

select * from final
