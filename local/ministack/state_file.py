"""A small file that is stored twice, each copy with a checksum and a number that counts up.

A write replaces the first copy, then the second, each atomically and synced, so that at least one is complete whenever
the process or the machine stops. Reading takes the copy with the higher number. A copy that is damaged or missing is
reported in one line, moved aside, never overwritten, and written again from the other one.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.errors import damaged_library_message
from local.files import move_aside, write_atomically
from local.log_lines import log_line

FORMAT = 1
MARKER = "damaged: "  # starts each reported line; `make run` shows these lines


class UnreadableState(Exception):
    """A file without a readable copy; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a copy holds."""

    number: int
    saved_at: str
    payload: bytes


class StateFile:
    """The two copies `{name}.json` and `{name}.copy.json` in one directory; not safe for use by several threads."""

    def __init__(self, path: Path, damaged: Path) -> None:
        self._copies = (path, path.with_suffix(f".copy{path.suffix}"))
        self._damaged = damaged
        self._number = 0

    @property
    def path(self) -> Path:
        """The first copy."""
        return self._copies[0]

    def read(self) -> bytes | None:
        """The payload, or None if it was never written; raises UnreadableState or OSError."""
        contents: list[Content | None] = []
        problems: dict[Path, str] = {}
        for path in self._copies:
            try:
                contents.append(_decode(path.read_bytes(), path))
            except FileNotFoundError:
                contents.append(None)
                problems[path] = "is missing"
            except ValueError as error:
                contents.append(None)
                problems[path] = str(error)
        latest = max((content for content in contents if content), key=lambda content: content.number, default=None)
        if latest is None:
            self._raise_if_damaged(problems)
            return None
        self._number = latest.number
        for path, content in zip(self._copies, contents, strict=True):
            if content is None:
                self._report(path, problems[path], latest)
            if content is None or content.number != latest.number:
                write_atomically(path, _encode(latest))
        return latest.payload

    def write(self, payload: bytes) -> None:
        """Replace the payload; raises OSError, and then the file has either the old or the new payload."""
        content = Content(self._number + 1, datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"), payload)
        for path in self._copies:
            write_atomically(path, _encode(content))
        self._number = content.number

    def _raise_if_damaged(self, problems: dict[Path, str]) -> None:
        present = [path for path in problems if path.exists()]
        if present:
            first, copy = self._copies
            problem = f"{first} {problems[first]}, and its copy {copy.name} {problems[copy]}"
            raise UnreadableState(damaged_library_message(problem, first.parent.parent))

    def _report(self, path: Path, problem: str, latest: Content) -> None:
        if path.exists():
            moved = move_aside(path, self._damaged, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
            problem += f" and was moved to {moved}"
        elif latest.number == 1 and path == self._copies[1]:
            return  # stopped between the two copies of the first write
        log_line(f"{MARKER}{path} {problem}; the copy of {latest.saved_at} is used.")


def _encode(content: Content) -> bytes:
    header = {
        "format": FORMAT,
        "number": content.number,
        "saved_at": content.saved_at,
        "sha256": hashlib.sha256(content.payload).hexdigest(),
    }
    return json.dumps(header).encode() + b"\n" + content.payload


def _decode(data: bytes, path: Path) -> Content:
    """The content; raises ValueError with what is wrong, or UnreadableState for a file of a newer version."""
    first, _, payload = data.partition(b"\n")
    if not data:
        raise ValueError("is empty")
    try:
        header: dict[str, Any] = json.loads(first)
        version, number = int(header["format"]), int(header["number"])
        checksum, saved_at = str(header["sha256"]), str(header["saved_at"])
    except (ValueError, KeyError, TypeError):
        raise ValueError("is not readable") from None
    if checksum != hashlib.sha256(payload).hexdigest():
        raise ValueError("is incomplete or was changed")
    if version > FORMAT:
        raise UnreadableState(f"{path} was written by a newer version of Tintype; use that version.")
    return Content(number, saved_at, payload)
