{#- What `spotify-elt purge` deletes; it calls these by dbt's run-operation. All is one
    transaction: what goes is printed as JSON before it is committed, so that others can
    do their part first; a dry run, which commits nothing, counts exactly. -#}

{#- Playlists, and what is too old, with all that only they refer to. -#}
{% macro purge(playlists, named, days, mend, dry_run) -%}
    {%- set gone = [] -%}
    {%- do begin_deletion() -%}
    {%- set raw, history = tables_of('raw'), tables_of('history') -%}
    {%- set whose = 'playlists that you named' if named else 'playlists no longer configured' -%}
    {%- set theirs = 'one.playlist_id ' ~ ('in' if named else 'not in')
        ~ " ('" ~ playlists | join("', '") ~ "')" -%}
    {%- if raw.playlist_items -%}
        {%- call statement() -%} {{ mend }} {%- endcall -%}
    {%- endif -%}
    {%- do delete_rows(gone, raw.playlist_items, theirs, whose) -%}
    {%- do delete_rows(gone, raw.playlists, theirs, whose) -%}
    {%- do delete_rows(gone, history.playlist_entry_versions, theirs, whose) -%}
    {%- if days is not none -%}
        {%- do purge_older(gone, raw, history, days) -%}
    {%- endif -%}
    {%- if raw.playlist_items -%}
        {%- do purge_unreferenced(gone, raw, history) -%}
        {%- do purge_copies(gone, raw) -%}
    {%- endif -%}
    {%- set theirs_gone = gone | selectattr('reason', 'equalto', whose) | list | length > 0 -%}
    {%- if named or theirs_gone -%}
        {%- do delete_schema(gone, 'marts_candidate') -%}
    {%- endif -%}
    {%- set outdated = theirs_gone or marts_are_outdated(gone, raw) -%}
    {%- if outdated -%}
        {%- do delete_schema(gone, 'staging') -%}
    {%- endif -%}
    {%- do end_deletion(gone, dry_run, outdated=outdated) -%}
{%- endmacro %}


{#- All schemas, for a user who disconnects. -#}
{% macro purge_everything(layers, dry_run) -%}
    {%- set gone = [] -%}
    {%- do begin_deletion() -%}
    {%- for layer in layers -%}
        {%- do delete_schema(gone, layer) -%}
    {%- endfor -%}
    {%- do end_deletion(gone, dry_run) -%}
{%- endmacro %}


{#- Loads that are too old and have been followed by another, and history long past. Of
    a playlist's rows its own row tells which load is the latest, as in staging. -#}
{% macro purge_older(gone, raw, history, days) -%}
    {%- set since = dbt.dateadd('day', -days, dbt.current_timestamp()) -%}
    {%- for table, key, latest_in in [
        (raw.playlist_items, 'playlist_id', raw.playlists),
        (raw.playlists, 'playlist_id', raw.playlists),
        (raw.artists, 'artist_id', raw.artists),
        (raw.albums, 'album_id', raw.albums),
    ] -%}
        {%- set too_old -%}
            one.loaded_at < {{ since }}
            and exists (
                select 1
                from (
                    select {{ key }}, max(loaded_at) as loaded_at
                    from {{ latest_in }}
                    group by {{ key }}
                ) as latest
                where latest.{{ key }} = one.{{ key }} and latest.loaded_at != one.loaded_at
            )
        {%- endset -%}
        {%- do delete_rows(gone, table, too_old, 'older than ' ~ days ~ ' days') -%}
    {%- endfor -%}
    {%- for table in history.values() -%}
        {%- set columns = adapter.get_columns_in_relation(table) | map(attribute='name') -%}
        {%- if 'dbt_valid_to' in columns -%}
            {%- set past = 'one.dbt_valid_to < ' ~ since -%}
            {%- do delete_rows(gone, table, past, 'past for more than ' ~ days ~ ' days') -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- What refers to what is not read out of Spotify's JSON a second time: an artist or an
    album is kept while its id is the `id` of anything in a row that is kept. That holds
    in both access modes, and for older loads too, which staging does not look at.
    History outlives raw rows: a track that left a playlist keeps its past as long as a
    playlist that stays remembers it. -#}
{% macro purge_unreferenced(gone, raw, history) -%}
    {%- for table, key in [
        (raw.artists, 'artist_id'),
        (raw.albums, 'album_id'),
        (history.popularity_versions, 'entity_id'),
        (history.artist_follower_versions, 'artist_id'),
    ] -%}
        {%- set unreferenced -%}
            not exists (
                select 1
                from {{ raw.playlist_items }} as items
                cross join lateral {{ json_id_rows('items.payload', 'found') }}
                where found.id = one.{{ key }}
            )
            {%- if table == history.popularity_versions and history.playlist_entry_versions %}
            and not exists (
                select 1
                from {{ history.playlist_entry_versions }} as entries
                where one.entity_type = 'track' and entries.track_id = one.entity_id
            )
            {%- endif -%}
        {%- endset -%}
        {%- do delete_rows(gone, table, unreferenced, 'nothing refers to them') -%}
    {%- endfor -%}
{%- endmacro %}


{#- What dlt's staging tables, by way of which it loads, still hold of deleted rows. -#}
{% macro purge_copies(gone, raw) -%}
    {%- for name, copies in tables_of('raw_staging').items()
        if raw[name] and not name.startswith('_dlt') -%}
        {%- set deleted -%}
            not exists (
                select 1 from {{ raw[name] }} as loaded where loaded._dlt_id = one._dlt_id
            )
        {%- endset -%}
        {%- do delete_rows(gone, copies, deleted, 'copies of deleted rows') -%}
    {%- endfor -%}
{%- endmacro %}


{#- Whether the marts show what is deleted: now, or since when ever. -#}
{% macro marts_are_outdated(gone, raw) -%}
    {%- set playlists = tables_of('marts').playlists -%}
    {%- if gone | selectattr('reason', 'equalto', 'nothing refers to them') | list
        or gone | selectattr('schema', 'equalto', schema_of('history')) | list -%}
        {{ return(true) }}
    {%- elif playlists and raw.playlists -%}
        {%- set without_raw_rows = run_query(
            'select playlist_id from ' ~ playlists
            ~ ' except select playlist_id from ' ~ raw.playlists
        ) -%}
        {{ return(without_raw_rows.rows | length > 0) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro %}
