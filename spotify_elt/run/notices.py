"""A notice when a run fails: one sentence and the run's id, to any address that apprise knows.

An address of the web, such as a webhook of Slack's, is sent `{"text": ...}`.
"""

import html
import logging
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from loader.errors import ComeBackLaterError, SettingsError, printable
from spotify_elt.errors import SignalledError, in_words
from spotify_elt.redaction import protect, redacted

if TYPE_CHECKING:
    from apprise import Apprise, AppriseResult

log = logging.getLogger(__name__)

TIMEOUT = 5.0  # seconds: a run that was told to end has few
LONGEST_SENTENCE = 2000  # characters
TITLE = "A run of spotify-elt failed"  # an e-mail's subject
LIKE_A_TOKEN = re.compile(r"[^/:@?&=#]{16,}")


@contextmanager
def on_failure(url: str | None, run_id: str) -> Iterator[None]:
    """Send a notice to the address `url`, if there is one, when what happens meanwhile fails.

    Somebody at the keyboard who presses Ctrl-C needs no notice, and neither does a run that is to
    be continued later. A notice that cannot be sent is a warning and changes nothing else.

    Raises:
        SettingsError: apprise does not know such an address.
    """
    if url:
        _protect(url)
        if not _of_the_web(url) and not _service(url):
            raise SettingsError("notify_url: apprise knows no such address.")
    try:
        yield
    except BaseException as error:
        interrupted = isinstance(error, SignalledError) and error.number == signal.SIGINT
        if url and not interrupted and not isinstance(error, ComeBackLaterError):
            _send(url, f"spotify-elt, run {run_id}: {in_words(error)}")
        raise


def _of_the_web(url: str) -> bool:
    return urlsplit(url).scheme in {"http", "https"}


def _protect(url: str) -> None:
    """Take for secrets what may be one: Slack's webhooks have theirs in the path."""
    parts = urlsplit(url)
    # A path with its slash, or `/spotify` would hide that word everywhere.
    pieces = (parts.path.rstrip("/"), parts.username, parts.password, *LIKE_A_TOKEN.findall(url))
    for secret in (url, *filter(None, pieces)):
        protect(secret)
        protect(unquote(secret))


def _service(url: str) -> "Apprise":
    """Return what sends to an address; it is empty where apprise does not know such a one."""
    import apprise  # noqa: PLC0415 - with its hundred services it takes a second

    logging.getLogger("apprise").propagate = False  # it names addresses
    # Without threads of its own, for which the end of the run would wait.
    asset = apprise.AppriseAsset(app_id="spotify-elt", service_timeout=0, async_mode=False)
    service = apprise.Apprise(asset=asset)
    service.add(_plain_json(url) if _of_the_web(url) else url)
    return service


def _plain_json(url: str) -> dict[str, object]:
    """Return the address in apprise's words, to be sent `{"text": ...}` and nothing else."""
    parts = urlsplit(url)
    return {
        "schema": parts.scheme.replace("http", "json"),
        "host": parts.netloc.rpartition("@")[2],
        "user": parts.username,
        "password": parts.password or "",
        "fullpath": url.partition("://")[2].removeprefix(parts.netloc),
        "payload": {"message": "text", "title": "", "version": "", "attachments": "", "type": ""},
    }


def _send(url: str, sentence: str) -> None:
    text = redacted(printable(sentence))[:LONGEST_SENTENCE]
    # A playlist's name must not call a channel.
    text = html.escape(text, quote=False) if _of_the_web(url) else text.replace("@", "@\u200b")
    service = _service(url)
    results: SimpleQueue[AppriseResult] = SimpleQueue()

    def notify() -> None:
        results.put(service.notify(text, TITLE, "failure", "text"))

    Thread(target=notify, daemon=True).start()
    try:
        result = results.get(timeout=TIMEOUT)
        told = " ".join(entry.message for entry in result.logs())
    except Empty:
        result, told = None, f"it took longer than {TIMEOUT:.0f} seconds"
    if not result:
        told = told.replace(urlsplit(url).hostname or url, "***")
        log.warning("The notice to notify_url could not be sent: %s", told)
