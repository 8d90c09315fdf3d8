"""The schemas of one prefix: `<prefix>_raw`, `<prefix>_staging`, ..."""

# Readers of a schema before the schema, so that dropping one after the other locks few at a time.
LAYERS = ("marts", "marts_candidate", "history", "staging", "raw_staging", "raw", "logging")


def drop_statement(schema_prefix: str, layer: str) -> str:
    """Return the SQL that drops one schema with all that is in it, and what stands on it."""
    return f"drop schema if exists {schema_prefix}_{layer} cascade"
