"""A worker that fails or dies at any of its calls, and the next one, which finds what it left."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest

from chalicelib.errors import Conflict
from tests.support.fault_injection import ProcessKilled
from tests.unit.bundles.zip.support import KEY, Bundling


@dataclass
class Interrupted:
    """Source and sink of one worker, before and after each call of which something may happen."""

    bundling: Bundling
    at: int
    when: str
    happen: Callable[[], None]
    dies: bool = False
    met: list[str] = field(default_factory=list)
    dead: bool = False
    lock: Lock = field(default_factory=Lock)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *asked: self._call(name, asked)

    def _call(self, name: str, asked: tuple[Any, ...]) -> Any:
        with self.lock:
            if self.dead:
                raise ProcessKilled
            self.met.append(name)
            turn = len(self.met) == self.at + 1
            if turn and self.when == "before":
                self._strike()
            answer = getattr(self.bundling.originals if name == "read_range" else self.bundling.bundles, name)(*asked)
            if turn and self.when == "after":
                self._strike()
            return answer

    def _strike(self) -> None:
        self.dead = self.dies
        self.happen()


def photos() -> Bundling:
    made = Bundling()
    made.put(3, 10, 25, 0, 11, 60)
    return made


def strike() -> None:
    raise ProcessKilled


@pytest.mark.parametrize("dies", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
def test_failure_at_any_call_is_repaired_by_the_next_worker(when: str, dies: bool) -> None:
    at = 0
    while True:
        bundling = photos()
        bundling.bundles.create(KEY, "what an earlier one left")
        worker = Interrupted(bundling, at, when, strike, dies)
        with suppress(ProcessKilled):
            bundling.build(source=worker, sink=worker)
        if len(worker.met) <= at:
            break
        struck = worker.met[at]
        if not dies and struck not in ("list_unfinished", "create", "abort"):
            assert bundling.bundles.uploads == {}, f"{when} {struck}"
        assert (KEY in bundling.bundles.objects) == ((struck, when) == ("complete", "after"))
        bundling.build()
        assert bundling.photos() == bundling.expected(), f"{when} {struck}"
        assert bundling.bundles.uploads == {}, f"{when} {struck}"
        at += 1
    assert {"list_unfinished", "abort", "create", "read_range", "upload_part", "complete"} == set(worker.met)
    assert at > 20


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("when", ["before", "after"])
def test_photo_deleted_at_any_call_is_complete_or_listed(number: int, when: str) -> None:
    at, outcomes = 0, set[str]()
    while True:
        bundling = photos()
        worker = Interrupted(bundling, at, when, lambda b=bundling: b.erase(number))  # type: ignore[misc]
        outcome = "in"
        try:
            built = bundling.build(source=worker, sink=worker)
        except Conflict:
            outcome = "again"
            assert (bundling.bundles.uploads, bundling.bundles.objects) == ({}, {})
            built = bundling.build()
        if len(worker.met) <= at:
            break
        found = bundling.photos()
        listed = found.pop("not included.txt", b"").decode()
        assert found == bundling.expected(without=(number,) if listed else ())
        assert [skipped.photo_id for skipped in built.skipped] == [f"p{number}"] * bool(listed)
        outcomes.add("out" if listed and outcome == "in" else outcome)
        at += 1
    assert outcomes >= {"in", "out"}
