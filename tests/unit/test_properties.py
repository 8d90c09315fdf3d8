"""Whatever is in the rows, and however many there are: they arrive, in order, as they were sent."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from any_json import JSON, TEXT, cleaned, exact
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres_server import PostgresServer, connected
from spotify_client import signed_in

from loader.raw_json import as_text
from loader.reading import PlaylistReader, requests_for_rest
from loader.references import References
from loader.spool import Spool
from sample_api import Catalogue, SampleApi, row

ROWS = st.dictionaries(TEXT, JSON)
PAGE_EDGES = (0, 1, 99, 100, 101, 149, 150, 151, 200, 201)
COUNTS = st.one_of(st.sampled_from(PAGE_EDGES), st.integers(0, 260))
# Near enough to a track that it is looked into.
NEAR_TRACKS = st.fixed_dictionaries(
    {"type": st.just("track")},
    optional={
        "id": st.one_of(JSON, TEXT),
        "popularity": JSON,
        "artists": st.one_of(JSON, st.lists(st.one_of(JSON, st.fixed_dictionaries({"id": JSON})))),
        "album": st.one_of(JSON, st.fixed_dictionaries({"id": JSON})),
    },
)
NEAR_ROWS = st.one_of(
    JSON, st.fixed_dictionaries({}, optional={"item": NEAR_TRACKS, "track": NEAR_TRACKS})
)


@pytest.fixture(scope="module")
def stored(embedded_server: PostgresServer) -> Iterator[Callable[[str], Any]]:
    """Stores a JSON text as `jsonb` and reads it back, numbers as decimals."""
    with connected(embedded_server.new_database()) as cursor:

        def store(text: str) -> Any:
            cursor.execute("select %s::jsonb::text", [text])
            (read_back,) = cursor.fetchone()
            return json.loads(read_back, parse_int=Decimal, parse_float=Decimal)

        yield store


@pytest.mark.thorough
@settings(max_examples=150)
@given(sent=ROWS)
def test_postgresql_holds_any_row_but_for_what_it_cannot(
    stored: Callable[[str], Any], sent: dict[str, Any]
) -> None:
    assert stored(as_text(sent)) == exact(cleaned(sent))


@pytest.fixture(scope="module")
def api() -> Iterator[SampleApi]:
    with SampleApi(Catalogue()) as running:
        yield running


@pytest.fixture(scope="module")
def readers(api: SampleApi) -> dict[int, PlaylistReader]:
    """Readers by how many pages they ask for at once."""
    return {
        workers: PlaylistReader(signed_in(api, concurrency=workers), Spool())
        for workers in (1, 2, 5)
    }


@settings(max_examples=25)
@given(count=COUNTS, odd=st.lists(JSON, min_size=1, max_size=3), workers=st.sampled_from([1, 2, 5]))
def test_any_number_of_rows_is_read_in_order(
    api: SampleApi, readers: dict[int, PlaylistReader], count: int, odd: list[Any], workers: int
) -> None:
    sent = [{**row(None), "at": at, "odd": odd[at % len(odd)]} for at in range(count)]
    playlist = api.catalogue.add_playlist("any", sent)
    api.requests.clear()
    reading = readers[workers].whole(readers[workers].head(playlist.id))
    read = [json.loads(text) for text in reading.rows()]
    received = [json.loads(json.dumps(one)) for one in sent]  # halves of a pair have met
    assert reading.total == count
    assert [(one["at"], one["odd"]) for one in read] == [
        (one["at"], cleaned(one["odd"])) for one in received
    ]
    assert len(api.requests) == 1 + requests_for_rest(count)


@given(rows=st.lists(NEAR_ROWS, max_size=4))
def test_no_row_is_too_odd_to_be_looked_into(rows: list[Any]) -> None:
    references = References()
    for one in rows:
        references.add(as_text(one))
    carried = list(references.carried_albums())
    named = [*references.artists, *references.albums, *(album_id for album_id, _ in carried)]
    assert all(isinstance(one, str) and one for one in named)
    assert [json.loads(payload)["id"] for _, payload in carried] == [one for one, _ in carried]
