"""A failed run calls the webhook; a webhook that fails changes nothing."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from command_line import CommandLine
from postgres_server import Database, free_port
from runs import Loaded

from sample_api import MAIN_PLAYLIST, OTHERS_PLAYLIST, Fault, SampleApi

PATH = "/services/T0/B0/secret-of-the-webhook"


class Webhook:
    """Answers POST requests with a status, and keeps what was posted."""

    def __init__(self) -> None:
        self.status = 200
        self.never_ends = False
        self.posted: list[dict[str, str]] = []
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.path == PATH
                webhook.posted.append(json.loads(body))
                self.send_response(webhook.status)
                self.end_headers()
                with suppress(OSError):  # until nobody listens any more
                    while webhook.never_ends:
                        self.wfile.write(b".")
                        time.sleep(0.5)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}{PATH}"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """A webhook that accepts everything."""
    running = Webhook()
    yield running
    running.server.shutdown()
    running.server.server_close()


def test_a_failed_run_is_told_in_one_sentence_with_its_id(
    elt: CommandLine, database: Database, extended_api: SampleApi, webhook: Webhook
) -> None:
    config = {"playlists": [MAIN_PLAYLIST], "notify_url": webhook.url}
    wrong = {"SPOTIPY_CLIENT_SECRET": "wrong"}
    failed = elt("run", database=database, api=extended_api, config=config, environment=wrong)
    assert failed.code == 2, failed.output
    (file,) = (elt.folder / "logs").iterdir()
    sentence = failed.last_line.removeprefix("spotify-elt: ")
    assert webhook.posted == [{"text": f"spotify-elt, run {file.stem}: {sentence}"}]
    assert "secret-of-the-webhook" not in failed.output + file.read_text()


@pytest.mark.thorough
def test_playlists_that_fail_are_told_and_good_runs_are_not(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi, webhook: Webhook
) -> None:
    database = loaded(MAIN_PLAYLIST)
    environment = {"NOTIFY_URL": webhook.url}
    config = {"playlists": [MAIN_PLAYLIST]}
    good = elt("run", database=database, api=extended_api, config=config, environment=environment)
    assert good.code == 0, good.output
    assert webhook.posted == []
    extended_api.faults = [Fault("not_found", f"/v1/playlists/{OTHERS_PLAYLIST}*", times=None)]
    config = {"playlists": [MAIN_PLAYLIST, OTHERS_PLAYLIST]}
    some = elt("run", database=database, api=extended_api, config=config, environment=environment)
    assert some.code == 3, some.output
    ((text,),) = (posted.values() for posted in webhook.posted)
    assert "1 playlist failed" in text
    extended_api.faults = [Fault("quota", "*", times=None)]
    later = elt("run", database=database, api=extended_api, environment=environment)
    assert later.code == 75, later.output
    assert len(webhook.posted) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("trouble", ["refuses", "never ends", "is not there", "has no name"])
def test_a_webhook_that_fails_is_a_warning(
    elt: CommandLine, database: Database, extended_api: SampleApi, webhook: Webhook, trouble: str
) -> None:
    webhook.status = 500
    webhook.never_ends = trouble == "never ends"
    url = {
        "refuses": webhook.url,
        "never ends": webhook.url,
        "is not there": f"http://127.0.0.1:{free_port()}{PATH}",
        "has no name": f"http://hooks..example{PATH}",
    }[trouble]
    failed = elt(
        "run",
        database=database,
        api=extended_api,
        environment={"NOTIFY_URL": url, "SPOTIPY_CLIENT_SECRET": "wrong"},
    )
    assert failed.code == 2, failed.output
    assert "The notice to notify_url could not be sent" in failed.stderr
    assert "secret-of-the-webhook" not in failed.output


def test_an_address_that_is_none_is_refused_without_being_shown(elt: CommandLine) -> None:
    refused = elt("status", config={"notify_url": "hooks.slack.com/services/secret"})
    assert refused.code == 2, refused.output
    assert "notify_url: give an address that starts with https://" in refused.last_line
    assert "services/secret" not in refused.output


@pytest.mark.thorough
def test_an_address_of_apprise_is_called_too(
    elt: CommandLine, database: Database, extended_api: SampleApi, webhook: Webhook
) -> None:
    address = webhook.url.replace("http://", "json://")
    wrong = {"SPOTIPY_CLIENT_SECRET": "wrong", "NOTIFY_URL": address}
    failed = elt("run", database=database, api=extended_api, environment=wrong)
    assert failed.code == 2, failed.output
    ((message, title),) = ((posted["message"], posted["title"]) for posted in webhook.posted)
    assert message.endswith(failed.last_line.removeprefix("spotify-elt: "))
    assert title == "A run of spotify-elt failed"
    assert "secret-of-the-webhook" not in failed.output


@pytest.mark.parametrize("address", ["slak://{}/B0/x", "slack://{}", "json://{}:port/"])
def test_an_address_that_apprise_does_not_know_is_refused_before_the_run(
    elt: CommandLine, extended_api: SampleApi, address: str
) -> None:
    environment = {"NOTIFY_URL": address.format("secret-of-the-webhook"), "PGHOST": "127.0.0.1"}
    refused = elt("run", api=extended_api, environment=environment)
    assert refused.code == 2, refused.output
    assert refused.last_line == "spotify-elt: notify_url: apprise knows no such address."
    assert "secret-of-the-webhook" not in refused.output
    assert extended_api.requests == []
