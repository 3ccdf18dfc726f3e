from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import relabel as command
from local.errors import Interrupted
from local.ports import Ports

PORTS = Ports.from_api_port(8000)


def progress(state: str, labeled: int, photos: int = 3) -> dict[str, Any]:
    return {"state": state, "labeled": labeled, "photos": photos}


class FakeClient:
    """A client that gets these answers, in order."""

    answers: Iterator[dict[str, Any]]
    requests: list[tuple[Any, ...]]

    def __init__(self, port: int, fetch_token: Any) -> None:
        assert port == PORTS.api

    def request(self, *request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return next(self.answers)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> type[FakeClient]:
    """A library whose answers a test sets."""
    FakeClient.requests = []
    monkeypatch.setattr(command, "LibraryClient", FakeClient)
    return FakeClient


def test_relabel_follows_the_request_to_its_end(library: type[FakeClient], capsys: pytest.CaptureFixture[str]) -> None:
    library.answers = iter([progress("running", 0), progress("running", 2), progress("finished", 3)])
    pauses: list[float] = []
    command.relabel(Path("data"), PORTS, "demo", pauses.append)
    assert library.requests == [("POST", "/labels/refresh", {}), *[("GET", "/labels/refresh")] * 2]
    assert pauses == [command.POLL_SECONDS] * 2
    assert capsys.readouterr().out == "3 of 3 photos have current labels.\n"


def test_photos_that_could_not_be_labeled_are_named(
    library: type[FakeClient], capsys: pytest.CaptureFixture[str]
) -> None:
    library.answers = iter([progress("finished", 2)])
    command.relabel(Path("data"), PORTS, "demo")
    assert "2 of 3 photos" in (out := capsys.readouterr().out)
    assert "1 could not be labeled." in out


def test_ctrl_c_says_that_the_library_continues(library: type[FakeClient]) -> None:
    library.answers = iter([progress("running", 0)])

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="The library continues"):
        command.relabel(Path("data"), PORTS, "demo", interrupt)
