"""The thin loader: Spotify playlists into PostgreSQL, dbt on top, the answers out.

    check -> extract and load (dlt over spotipy) -> dbt build -> reconcile -> report, answers

Where what is:

    cli, console, errors              the command line, what it shows, what can go wrong
    logs, steps, redaction, notices   what a run tells while it goes on, without secrets
    settings                          the environment and `pipeline.yml`
    dotenv_file, local_file,          `.env`, read first and changed without losing a line; on this
    s3_object, aws                    machine or in S3
    sequence, deadline                a run from its beginning to its end
    spotify, tokens, refusals, pause  the one place that calls Spotify, and how it judges answers
    extraction, reading, outcome      playlists, each read whole or not at all
    needs, references, entities       artists and albums, asked for only where they must be
    raw_json, spool, side_by_side     JSON that PostgreSQL can store, rows on disk, work in parallel
    source, warehouse, stored         the dlt source, its load into the raw tables, reading them
    transform, dbt_process, artefacts dbt, in a process of its own, and what it leaves
    run_log, run_log_tables           what a run did, written while it happens
    earlier_runs, run_lock, status    what the next run, or a person, learns from it
    half_loaded, load_packages        what a run that was killed leaves behind
    reconciliation                    rows counted at every stage
    questions, sentences              the five questions, answered from the marts
    answers, summary                  what a run prints
    report                            the HTML page for those who never open psql
    login, consent, consent_server    a user's consent, once in the browser
    check, check_spotify,             what a run would meet, told before it
    check_database, check_env_file,
    findings, versions
    purge/                            deleting what may not, or need not, be kept
    database, pg_settings, schemas,   PostgreSQL: anybody's, or the embedded one
    embedded, psql, bootstrap
    sample                            the bundled sample, kept apart from real data
"""
