"""The server: puts each request into its world, lets faults strike, answers, and remembers."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from sample_api import answers, faults
from sample_api.access import MODES
from sample_api.catalogue import Catalogue
from sample_api.connections import Listener
from sample_api.faults import Fault
from sample_api.limits import RateLimit
from sample_api.lofi import sample_catalogue
from sample_api.messages import Answer
from sample_api.request import Request
from sample_api.tokens import Tokens


@dataclass(frozen=True)
class Served:
    """A request that was answered.

    Attributes:
        endpoint: The endpoint's name, as in `answers.ENDPOINT_NAMES`; "" for an unknown address.
        method: The HTTP method.
        path: The path without a trailing slash.
        query: The query's values.
        status: What was answered; 0 when the connection was reset.
        started: When it came, on the monotonic clock.
        finished: When its answer was ready.
        in_flight: How many requests were being answered when it came, itself included.
    """

    endpoint: str
    method: str
    path: str
    query: dict[str, str]
    status: int
    started: float
    finished: float
    in_flight: int

    @property
    def concurrent(self) -> bool:
        """Whether another request was still being answered when it came."""
        return self.in_flight > 1


class SampleApi:
    """Spotify's Web API and accounts service over a catalogue, on a thread of its own.

    `market` is the one of requests that name none, as a user's account implies it; by default
    none is implied. Everything public can be changed while it runs::

        with SampleApi(mode="development", faults=[Fault("slow", "items")]) as api:
            fetch(api.api_url)
            assert len(api.calls("items")) == 4
    """

    def __init__(  # noqa: PLR0913 (each switch has its default)
        self,
        catalogue: Catalogue | None = None,
        mode: str = "extended",
        latency: float = 0.0,
        faults: Iterable[Fault] = (),
        *,
        tokens: Tokens | None = None,
        rate_limit: RateLimit | None = None,
        track_alone: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Bind the address; nothing is answered before `start`.

        Args:
            catalogue: What to answer from; by default `sample_catalogue()`.
            mode: One of `MODES`.
            latency: Seconds that every request takes.
            faults: What goes wrong.
            tokens: The accounts service, for another token lifetime or rotating refresh tokens.
            rate_limit: A rolling limit on requests to the Web API.
            track_alone: Answer as the captures do whose contents and rows have `track` keys only.
            host: The address to listen on.
            port: The port; 0 takes a free one.
        """
        self.catalogue = sample_catalogue() if catalogue is None else catalogue
        self.mode = mode
        self.latency = latency
        self.faults = list(faults)
        self.tokens = Tokens() if tokens is None else tokens
        self.rate_limit = rate_limit
        self.track_alone = track_alone
        self.market: str | None = None
        self.requests: list[Served] = []
        self._in_flight = 0
        self._counting = threading.Lock()
        self._listener = Listener((host, port), self._respond)
        self.accounts_url = f"http://{host}:{self._listener.server_address[1]}"
        self.api_url = f"{self.accounts_url}/v1"

    @property
    def mode(self) -> str:
        """The behaviour shown: one of `MODES`."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(f"no mode is called {mode}; there are {', '.join(MODES)}")
        self._mode = mode

    def __enter__(self) -> Self:
        """Start to answer."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and cut every connection."""
        self.stop()

    def start(self) -> None:
        """Answer requests from now on, on a thread of its own."""
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Answer no more, and cut every connection, idle ones too."""
        self._listener.shutdown()
        self._listener.server_close()
        self._listener.cut_connections()

    def calls(self, endpoint: str) -> list[Served]:
        """Return the requests to one endpoint: `items`, `artists` (batch), `artist` (single), ...

        Raises:
            ValueError: No endpoint has this name.
        """
        if endpoint not in answers.ENDPOINT_NAMES:
            raise ValueError(f"no endpoint is called {endpoint}: {answers.ENDPOINT_NAMES}")
        return [served for served in self.requests if served.endpoint == endpoint]

    def _respond(self, method: str, target: str, authorization: str, body: bytes) -> Answer:
        """Answer one request and remember it."""
        started = time.monotonic()
        request = self._request(method, target, authorization, body)
        endpoint = answers.find_endpoint(method, request.path)
        with self._counting:
            self._in_flight += 1
            in_flight = self._in_flight
        try:
            answer = self._answer(endpoint, request)
        finally:
            with self._counting:
                self._in_flight -= 1
        self.requests.append(
            Served(
                endpoint=endpoint.name if endpoint else "",
                method=method,
                path=request.path,
                query=request.query,
                status=0 if answer.reset else answer.status,
                started=started,
                finished=time.monotonic(),
                in_flight=in_flight,
            )
        )
        return answer

    def _request(self, method: str, target: str, authorization: str, body: bytes) -> Request:
        address = urlsplit(target)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        return Request(
            method=method,
            path=unquote(address.path).rstrip("/"),
            query=query,
            form=dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)),
            authorization=authorization,
            api_url=self.api_url,
            catalogue=self.catalogue,
            tokens=self.tokens,
            mode=self.mode,
            track_alone=self.track_alone,
            market=query.get("market", self.market),
        )

    def _answer(self, endpoint: answers.Endpoint | None, request: Request) -> Answer:
        if self.latency:
            time.sleep(self.latency)
        with self._counting:
            refusal = None
            if self.rate_limit and request.path.startswith("/v1/"):
                refusal = self.rate_limit.refusal()
            name = endpoint.name if endpoint else ""
            fault = faults.first_striking(self.faults, name, request)
        if refusal:
            return refusal
        if fault:
            return faults.struck(fault, request, lambda: answers.answer(endpoint, request))
        return answers.answer(endpoint, request)
