"""Lists keys in UTF-8 order, a page at a time; keys with a delimiter after the prefix are grouped.

Each page reads only what it returns: after the first key of a group, the rest of the group is skipped by the index.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from local.ministack.objects.connections import Connections
from local.ministack.objects.index import versions_from
from local.ministack.objects.records import Version

MAX_KEYS = 1000
SURROGATES = range(0xD800, 0xE000)


@dataclass(slots=True)
class Page:
    """Versions and groups; `last` is the last of both, from which the next page continues."""

    versions: list[Version] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    truncated: bool = False
    last: Version | str = ""

    def __len__(self) -> int:
        return len(self.versions) + len(self.groups)


@dataclass(frozen=True, slots=True)
class Query:
    """What to list: at most `limit` keys after `after` (exclusive)."""

    bucket: str
    prefix: str = ""
    delimiter: str = ""
    after: str = ""
    limit: int = MAX_KEYS

    def group(self, key: str) -> str:
        """The group of a key, or an empty string."""
        end = key.find(self.delimiter, len(self.prefix)) if self.delimiter else -1
        return key[: end + len(self.delimiter)] if end >= 0 else ""


def list_objects(connections: Connections, query: Query) -> Page:
    """Current objects."""

    def rows(lower: str, *, inclusive: bool) -> Iterator[Version]:
        condition = f"bucket = ? AND current AND NOT marker AND key {'>=' if inclusive else '>'} ? ORDER BY key"
        return versions_from(connections.reader, condition, query.bucket, lower)

    return _collect(query, rows, _start(query, rows))


def list_versions(connections: Connections, query: Query, after_version: str = "") -> Page:
    """All versions and delete markers, the latest of each key first, after this version of the key `query.after`."""

    def rows(lower: str, *, inclusive: bool) -> Iterator[Version]:
        condition = f"bucket = ? AND key {'>=' if inclusive else '>'} ? ORDER BY key, number DESC"
        return versions_from(connections.reader, condition, query.bucket, lower)

    rest: Iterator[Version] = iter(())
    if after_version:
        condition = (
            "bucket = ? AND key = ? AND number <"
            " (SELECT number FROM versions WHERE bucket = ? AND key = ? AND version_id = ?) ORDER BY number DESC"
        )
        where = (query.bucket, query.after)
        rest = versions_from(connections.reader, condition, *where, *where, after_version)
    return _collect(query, rows, chain(rest, _start(query, rows)))


def successor(text: str) -> str:
    """The first string in UTF-8 order that is after every string with this prefix; empty if there is none."""
    text = text.rstrip(chr(sys.maxunicode))
    if not text:
        return ""
    point = ord(text[-1]) + 1
    return text[:-1] + chr(SURROGATES.stop if point in SURROGATES else point)


def _start(query: Query, rows: Callable[..., Iterator[Version]]) -> Iterator[Version]:
    if query.after < query.prefix:
        return rows(query.prefix, inclusive=True)
    return rows(query.after, inclusive=False)


def _collect(query: Query, rows: Callable[..., Iterator[Version]], found: Iterator[Version]) -> Page:
    page = Page()
    while (version := next(found, None)) is not None and version.key.startswith(query.prefix):
        group = query.group(version.key)
        if group and group <= query.after:
            found = _skip(group, rows)
            continue
        if len(page) >= query.limit:
            page.truncated = query.limit > 0
            break
        if group:
            page.groups.append(group)
            found = _skip(group, rows)
        else:
            page.versions.append(version)
        page.last = group or version
    return page


def _skip(group: str, rows: Callable[..., Iterator[Version]]) -> Iterator[Version]:
    following = successor(group)
    return rows(following, inclusive=True) if following else iter(())
