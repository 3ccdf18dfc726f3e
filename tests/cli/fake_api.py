"""Answers in place of the network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from tintype_cli.api.client import LibraryClient, Notify, no_notice

type Answer = httpx.Response | Exception


@dataclass
class Script:
    """Answers requests in order, and repeats the last answer; records requests and waits."""

    answers: Sequence[Answer]
    requests: list[httpx.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    now: float = 1000.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def client(self, url: str = "https://photos.test/api/", notify: Notify = no_notice) -> LibraryClient:
        transport = httpx.MockTransport(self)
        return LibraryClient(
            url, "tt_key", transport=transport, clock=lambda: self.now, sleep=self.sleep, notify=notify
        )


def fake_client(handler: Callable[[httpx.Request], httpx.Response]) -> LibraryClient:
    """A client of this handler that never waits."""
    waits: list[float] = []
    return LibraryClient(
        "https://photos.test/api", "tt_key", transport=httpx.MockTransport(handler), sleep=waits.append
    )
