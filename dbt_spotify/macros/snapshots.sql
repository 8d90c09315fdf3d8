{#- dbt's strategy `check`, for readings of different age: a track may be in a playlist
    that was read today and in one that was last read a week ago, and when it leaves the
    first, the second still says what was so a week ago. Only a reading that is newer
    than the version recorded changes it. -#}
{% macro snapshot_newer_reading_strategy(
    node, snapshotted_rel, current_rel, model_config, target_exists
) -%}
    {%- set check = dbt.snapshot_check_strategy(
        node, snapshotted_rel, current_rel, model_config, target_exists
    ) -%}
    {%- set is_newer = current_rel ~ '.' ~ check.updated_at
        ~ ' > ' ~ snapshotted_rel ~ '.dbt_valid_from' -%}
    {%- do check.update({'row_changed': '(' ~ check.row_changed ~ ' and ' ~ is_newer ~ ')'}) -%}
    {{ return(check) }}
{%- endmacro %}


{#- As dbt has it for PostgreSQL, but with the time zone: readings have theirs. -#}
{% macro postgres__snapshot_get_time() -%}
    {{ current_timestamp() }}
{%- endmacro %}


{#- What the readings of whole playlists say beyond dbt's hard deletes, in the snapshot's
    own transaction. dbt closes what it no longer finds at its own time: it was gone when
    the playlist was read. And where the playlist itself is not there (the raw tables hold
    one run only, under the load method `overwrite`), nothing was read, so nothing is gone.
    Then, what is still there was seen by this reading too. -#}
{% macro follow_readings() -%}
    with playlists as (select * from {{ ref('playlists') }})

    update {{ this }} as versions
    set dbt_valid_to = (
        select playlists.loaded_at
        from playlists
        where playlists.playlist_id = versions.playlist_id
    )
    where versions.dbt_valid_to = {{ dbt.snapshot_get_time() }};

    with playlists as (select * from {{ ref('playlists') }})

    update {{ this }} as versions
    set last_read_at = playlists.loaded_at
    from playlists
    where
        versions.playlist_id = playlists.playlist_id
        and versions.dbt_valid_to is null
        and versions.last_read_at < playlists.loaded_at
{%- endmacro %}
