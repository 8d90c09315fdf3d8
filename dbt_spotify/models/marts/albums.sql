with

albums as (

    select * from {{ ref('stg_albums') }}

),

-- The parts the text itself carries. 0000 is Spotify's way to say unknown.
written_parts as (

    select
        *,
        nullif(
            substring(release_date_text from '^([0-9]{4})(?:-[0-9]{2}){0,2}$'), '0000'
        )::bigint as written_year,
        substring(release_date_text from '^[0-9]{4}-([0-9]{2})(?:-[0-9]{2})?$')::bigint
            as written_month,
        substring(release_date_text from '^[0-9]{4}-[0-9]{2}-([0-9]{2})$')::bigint
            as written_day
    from albums

),

-- The coarser of the text and the precision that Spotify states: 2024-01-01 with
-- precision year is the year 2024, not the first of January.
known_months as (

    select
        *,
        case
            when
                written_year is not null
                and written_month between 1 and 12
                and coalesce(api_date_precision, '') != 'year'
                then written_month
        end as release_month
    from written_parts

),

-- 2024-02-30 is no day: February 2024 is what we know.
known_dates as (

    select
        *,
        case
            when
                release_month is not null
                and coalesce(api_date_precision, '') != 'month'
                and written_day between 1 and extract(
                    day from make_date(written_year::integer, release_month::integer, 1)
                    + interval '1 month' - interval '1 day'
                )
                then
                    make_date(
                        written_year::integer,
                        release_month::integer,
                        written_day::integer
                    )
        end as album_release_date
    from known_months

),

final as (

    select
        album_id,
        album_name,
        album_type,
        album_release_date,
        written_year as release_year,
        release_month,
        case
            when album_release_date is not null then 'day'
            when release_month is not null then 'month'
            when written_year is not null then 'year'
        end as release_date_precision,
        release_date_text,
        album_total_tracks,
        album_popularity,
        album_label,
        album_upc,
        album_url,
        loaded_at
    from known_dates

)

select * from final
