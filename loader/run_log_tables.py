"""The tables of the run log; `{logging}` is their schema."""

TABLES = """
create schema if not exists {logging};
create table if not exists {logging}.pipeline_runs (
    run_id text primary key,
    pipeline_name text not null,
    status text not null check (
        status in ('running', 'success', 'skipped', 'partial', 'failed', 'abandoned')
    ),
    started_at timestamptz not null,
    finished_at timestamptz,
    config jsonb not null,
    error text,
    spotify_app text not null,
    api_requests integer not null default 0,
    requests_saved integer not null default 0,
    dlt_load_ids text[] not null default '{{}}',
    changed_raw boolean not null default false,
    built_with text,
    batches_refused boolean not null default false,
    not_before timestamptz
);
comment on table {logging}.pipeline_runs is 'One row per run.';
comment on column {logging}.pipeline_runs.spotify_app is
    'A digest of the app and the way it signed in: other answers are to be expected from others.';
comment on column {logging}.pipeline_runs.changed_raw is
    'The run began to change the raw tables.';
comment on column {logging}.pipeline_runs.built_with is
    'The version of the dbt project that the marts were published with; null when they were not.';
comment on column {logging}.pipeline_runs.not_before is
    'Spotify asked not to be called again before this.';
create table if not exists {logging}.playlist_loads (
    run_id text not null references {logging}.pipeline_runs (run_id) on delete cascade,
    playlist_id text not null,
    status text not null check (status in ('loaded', 'unchanged', 'failed', 'not reached')),
    reason text,
    snapshot_id text,
    total_by_api integer,
    rows_read integer,
    rows_loaded integer,
    loaded_at timestamptz,
    primary key (run_id, playlist_id)
);
comment on table {logging}.playlist_loads is 'One row per run and playlist.';
"""
