"""The application: Spotify playlists into PostgreSQL with `loader`, dbt on top, the answers out.

    check -> extract and load -> dbt build -> reconcile -> report -> run log

What dbt builds and publishes is in `dbt_spotify/`. The rooms, each of which says in its `__init__`
what its modules are; one imports only those below:

    cli           the command line: one command a verb
    operations/   what people do beside runs: check, status, purge, login, bootstrap, psql
    run/          one run in its order
    report/       the HTML page for those who never open psql
    answers/      the five questions, answered in words, in the terminal, for other programs
    run_log/      what runs did, in `<prefix>_logging`
    warehouse/    PostgreSQL: anybody's or the embedded one, what is loaded into it and stored there
    settings/     `pipeline.yml`; `dotenv_file` reads and writes `.env`, here or in S3; AWS

    logs, log_lines   what a command tells while it goes on
    redaction         secrets, taken out of all of it
    console, errors, versions
"""
