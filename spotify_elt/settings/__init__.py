"""Settings: what to load and how, and the secrets to do it with.

pipeline_yml      the keys of `pipeline.yml`
dotenv_file       `.env`, read first and changed without losing a line
local_file,       where it is: on this machine or in S3
s3_object
aws               what is asked of AWS
"""
