"""PostgreSQL: anybody's, or the embedded one.

database          which one, connections, and what is wrong with one in a sentence
pg_settings       libpq's variables with our defaults: TLS, IAM
embedded          the server for a laptop with nothing set up
schemas           the names of the layers
run_lock          one run at a time
psql, bootstrap   programs for people: a prompt, and the role that runs sign in as
"""
