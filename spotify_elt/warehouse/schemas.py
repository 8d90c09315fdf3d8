"""The schemas of one prefix: `<prefix>_raw`, `<prefix>_staging`, ..."""

from typing import NamedTuple, Self


class Schemas(NamedTuple):
    """The names of the schemas.

    Readers of a schema stand before it, so that dropping one after the other locks few at a time.
    """

    marts: str
    marts_candidate: str
    history: str
    staging: str
    raw_staging: str
    raw: str
    logging: str

    @classmethod
    def of(cls, prefix: str) -> Self:
        """Return those that begin with this prefix."""
        return cls(*(f"{prefix}_{layer}" for layer in cls._fields))


LAYERS = Schemas._fields
