"""One run, from its beginning to its end.

sequence          the steps in their order
steps, deadline   how far it is, and when it has to end
earlier_loads     what the loader asks about earlier loads, answered
transform         dbt, in a process of its own: dbt_process
reconciliation    rows counted at every stage
summary, notices  what is said in the end, and who is called when it failed
artefacts         what is kept of it in S3
"""
