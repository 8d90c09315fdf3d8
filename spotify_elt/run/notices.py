"""A notice to a webhook when a run fails: one sentence and the run's id, as Slack accepts them."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests

from loader.errors import ComeBackLaterError, printable
from spotify_elt.errors import SignalledError, in_words
from spotify_elt.redaction import protect, redacted

log = logging.getLogger(__name__)

TIMEOUT = 5.0  # seconds: a run that was told to end has few
LONGEST_SENTENCE = 2000  # characters


@contextmanager
def on_failure(url: str | None, run_id: str) -> Iterator[None]:
    """Call the webhook at `url`, if there is one, when what happens meanwhile fails.

    Somebody at the keyboard who presses Ctrl-C needs no notice, and neither does a run that is to
    be continued later. A webhook that fails is a warning and changes nothing else.
    """
    if url:
        protect(url)
        protect(urlsplit(url).path.strip("/"))  # where Slack's webhooks have their secret
    try:
        yield
    except BaseException as error:
        interrupted = isinstance(error, SignalledError) and error.number == signal.SIGINT
        if url and not interrupted and not isinstance(error, ComeBackLaterError):
            _send(url, f"spotify-elt, run {run_id}: {in_words(error)}")
        raise


def _send(url: str, sentence: str) -> None:
    text = redacted(printable(sentence))[:LONGEST_SENTENCE]
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)  # or a playlist's name could call a channel
    try:
        # The answer's body, which may take for ever, is not waited for.
        with requests.post(url, json={"text": text}, timeout=TIMEOUT, stream=True) as answer:
            answer.raise_for_status()
    except requests.HTTPError as error:
        _warn(f"it answered {error.response.status_code}")
    except (requests.RequestException, ValueError) as error:  # urllib3's own, of odd names
        _warn(type(error).__name__)


def _warn(reason: str) -> None:
    log.warning("The notice to notify_url could not be sent: %s", reason)
