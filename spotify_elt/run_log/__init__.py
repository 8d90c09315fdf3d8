"""What runs did, in `<prefix>_logging`.

writer            one run's rows, written while it happens
tables            their definitions (`tables.yml`), migrated forward
earlier_runs      what the next run learns from them
"""
