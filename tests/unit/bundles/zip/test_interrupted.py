"""Workers that fail or are killed at any call, and their successors."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest

from chalicelib.errors import Conflict
from tests.support.fault_injection import ProcessKilled
from tests.unit.bundles.zip.support import KEY, ZipFixture


@dataclass
class Interrupted:
    """Reader and uploader of one worker, with an interruption before or after one call."""

    fixture: ZipFixture
    at: int
    when: str
    interrupt: Callable[[], None]
    killed: bool = False
    calls: list[str] = field(default_factory=list)
    stopped: bool = False
    lock: Lock = field(default_factory=Lock)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args: self._call(name, args)

    def _call(self, name: str, args: tuple[Any, ...]) -> Any:
        with self.lock:
            if self.stopped:
                raise ProcessKilled
            self.calls.append(name)
            is_target = len(self.calls) == self.at + 1
            if is_target and self.when == "before":
                self._interrupt()
            result = getattr(self.fixture.reader if name == "read_range" else self.fixture.bundles, name)(*args)
            if is_target and self.when == "after":
                self._interrupt()
            return result

    def _interrupt(self) -> None:
        self.stopped = self.killed
        self.interrupt()


def photos() -> ZipFixture:
    fixture = ZipFixture()
    fixture.put(3, 10, 25, 0, 11, 60)
    return fixture


def fail() -> None:
    raise ProcessKilled


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
def test_failure_at_any_call_is_repaired_by_the_next_worker(when: str, killed: bool) -> None:
    at = 0
    while True:
        fixture = photos()
        fixture.bundles.create(KEY, "unfinished.zip")
        worker = Interrupted(fixture, at, when, fail, killed)
        with suppress(ProcessKilled):
            fixture.build(source=worker, sink=worker)
        if len(worker.calls) <= at:
            break
        call = worker.calls[at]
        if not killed and call not in ("list_unfinished", "create", "abort"):
            assert fixture.bundles.uploads == {}, f"{when} {call}"
        assert (KEY in fixture.bundles.objects) == ((call, when) == ("complete", "after"))
        fixture.build()
        assert fixture.photos() == fixture.expected(), f"{when} {call}"
        assert fixture.bundles.uploads == {}, f"{when} {call}"
        at += 1
    assert {"list_unfinished", "abort", "create", "read_range", "upload_part", "complete"} == set(worker.calls)
    assert at > 20


# The first, the empty and the last photo; the others in `make proof`.
@pytest.mark.parametrize("number", [0, 3, 5, *(pytest.param(number, marks=pytest.mark.proof) for number in (1, 2, 4))])
@pytest.mark.parametrize("when", ["before", "after"])
def test_photo_deleted_at_any_call_is_complete_or_listed(number: int, when: str) -> None:
    at, outcomes = 0, set[str]()
    while True:
        fixture = photos()
        worker = Interrupted(fixture, at, when, lambda f=fixture: f.erase(number))  # type: ignore[misc]
        outcome = "in"
        try:
            built = fixture.build(source=worker, sink=worker)
        except Conflict:
            outcome = "again"
            assert (fixture.bundles.uploads, fixture.bundles.objects) == ({}, {})
            built = fixture.build()
        if len(worker.calls) <= at:
            break
        found = fixture.photos()
        listed = found.pop("not included.txt", b"").decode()
        assert found == fixture.expected(without=(number,) if listed else ())
        assert [skipped.photo_id for skipped in built.skipped] == [f"p{number}"] * bool(listed)
        outcomes.add("out" if listed and outcome == "in" else outcome)
        at += 1
    assert outcomes >= {"in", "out"}
