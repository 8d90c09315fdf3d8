"""The five questions and their answers.

questions         their words, the view that answers each, and what of it people are shown
marts             the marts as they are read, here and by the report
sentences         each answer in one sentence
output            in the terminal, as JSON, as CSV
"""
