"""The thin loader: Spotify playlists into PostgreSQL, dbt on top, the answers out.

    check -> extract and load (dlt over spotipy) -> dbt build -> reconcile -> report, answers

Where what is:

    cli, console, errors              the command line, what it shows, what can go wrong
    settings                          `pipeline.yml`
    dotenv_file, local_file,          `.env`, read first and changed without losing a line; on this
    s3_object, aws                    machine or in S3
    sequence, deadline                a run from its beginning to its end
    logs, log_lines, steps,           what a run tells while it goes on, without secrets
    redaction, notices
    spotify/                          the one place that speaks with Spotify
    extract_load/                     from its answers to the raw tables
    transform, dbt_process, artefacts dbt, in a process of its own, and what it leaves
    reconciliation                    rows counted at every stage
    run_log/                          what runs did, and what is learnt from it
    questions, sentences              the five questions, answered from the marts
    answers, summary                  what a run prints
    report/                           the HTML page for those who never open psql
    check, check_spotify,             what a run would meet, told before it
    check_database, check_env_file,
    findings, versions
    purge/                            deleting what may not, or need not, be kept
    postgres/                         PostgreSQL: anybody's, or the embedded one
    sample                            the bundled sample, kept apart from real data

A package says in its `__init__` what its modules are.
"""
