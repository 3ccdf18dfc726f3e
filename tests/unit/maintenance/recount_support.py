"""A small library and a recount over it."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.library.collections import owner_scope
from chalicelib.library.photo import Visibility
from chalicelib.library.totals import Totals
from chalicelib.maintenance.recount import (
    Recount,
    TotalsStore,
)
from tests.fakes.library import MemoryLibrary
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, clock, photo
from tests.support.time_left import always

OWNER_SCOPE = owner_scope(OWNER)


class WatchedStore:
    """A totals store that calls a hook before each call."""

    def __init__(self, store: MemoryPhotoStore, before_call: Callable[[str, tuple[Any, ...]], None]) -> None:
        self._store, self._before_call = store, before_call

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            self._before_call(name, args)
            return getattr(self._store, name)(*args)

        return call


DAYS = itertools.count(1)


def later() -> datetime:
    """A clock that advances a day per call, longer than any pause."""
    return NOON + timedelta(days=next(DAYS))


def recount(store: TotalsStore) -> Recount:
    return Recount(store, later)


def library(photos: int = 5) -> MemoryLibrary:
    """Photos of several weights with several tags; every other one is private."""
    fixture = MemoryLibrary()
    for n in range(photos):
        fixture.photos.commit(
            None,
            photo(
                f"p{n}",
                user_tags=("beach", f"t{n % 3}"),
                weight=10 ** (n % 6),
                heat=1000 + n,
                bytes=n,
                camera_time=clock(NOON - timedelta(days=n)),
                visibility=Visibility.PRIVATE if n % 2 else Visibility.PUBLIC,
            ),
        )
    recount(fixture.photos).run(always)  # from now on covers are the newest photos
    return fixture


def damage(fixture: MemoryLibrary, scope: str, tag: str, **different: Any) -> None:
    """Overwrite a trend without changing its photos."""
    trend = fixture.photos.totals[scope, tag]
    figures = {name: different.pop(name) for name in list(different) if name in Totals.__dataclass_fields__}
    fixture.photos.totals[scope, tag] = replace(trend, totals=replace(trend.totals, **figures), **different)
