"""PostgreSQL: anybody's, or the embedded one, and what is loaded into it.

database          which one, connections, and what is wrong with one in a sentence
pg_settings       libpq's variables with our defaults: TLS, IAM
embedded          the server for a laptop with nothing set up
schemas           their names
load              dlt's load into the raw tables
leftovers         what a run that was killed leaves behind, in them and on disk
run_lock          one run at a time
sample            the bundled sample, kept apart from real data
"""
