"""What people do beside runs.

check             what a run would meet, told before it, with check_database and check_env_file;
findings          the table of what they find
status            the last runs, and whether all is well
purge             deleting what may not, or need not, be kept: beside the warehouse in
purge_run_log     the run log, and in
log_files         the files of runs
login             a user's consent, once in the browser, which comes back to
consent_server    a server of our own
psql, bootstrap   programs of their own: a prompt, and the role that runs sign in as on RDS
"""
