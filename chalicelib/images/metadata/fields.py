"""What the readers of the blocks of a file return, and text as it is written there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.images.metadata.dates import Meaning
from chalicelib.util.capture_time import CaptureTime

MAX_CAMERA_CHARACTERS = 64


@dataclass(slots=True)
class Fields:
    """The fields of one block: its times, the moment of the GPS position in UTC, the camera, and the blocks inside.

    The blocks may be read only when they are needed.
    """

    times: list[tuple[Meaning, CaptureTime]] = field(default_factory=list)
    gps_time: datetime | None = None
    camera: str | None = None
    blocks: Iterable[bytes] = ()

    def add_time(self, meaning: Meaning, time: CaptureTime | None) -> None:
        """Add a time unless it is None."""
        if time is not None:
            self.times.append((meaning, time))


def camera_name(make: str, model: str) -> str | None:
    """Make and model, such as `Apple iPhone 6`; the make only once, since many models repeat it."""
    first = make.split(" ")[0].casefold()
    words = (model if first and model.casefold().startswith(first) else f"{make} {model}").split()
    while len(words) > 1 and words[0].casefold() == words[1].casefold():
        del words[0]
    return " ".join(words)[:MAX_CAMERA_CHARACTERS].strip() or None


def printable(text: str) -> str:
    """The printable characters of a text, with single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def decode(data: bytes) -> str:
    """Bytes as printable text, up to the first NUL: UTF-8, else Latin-1; UTF-16 is recognized by its NULs."""
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if data[first:8:2] == b"\0\0\0\0" and b"\0" not in data[1 - first : 8 : 2]:
            return printable(data.decode(encoding, "replace").partition("\0")[0])
    text = data.partition(b"\0")[0]
    try:
        return printable(text.decode())
    except UnicodeDecodeError:
        return printable(text.decode("latin-1"))
