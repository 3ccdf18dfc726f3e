"""Small JPEG files with dates, of different bytes."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.library.ingest import with_exif
from local.demo.drawing import SCENES, draw

SIZE = (400, 300)
QUALITY = 92
LAST = datetime(2026, 11, 20, 12, tzinfo=UTC)
BETWEEN = timedelta(hours=7)  # photos


def write_files(folder: Path, count: int) -> int:
    """Write so many files of about 10 kB, `000001.jpg` and on, into a new folder; returns their bytes.

    They have few pictures between them, because drawing one takes longer than all else.
    """
    folder.mkdir(parents=True)
    rng, total = Random(7), 0
    pictures = [_encode(scene, rng) for scene in SCENES]
    for number in range(1, count + 1):
        content = with_exif(pictures[number % len(pictures)], f"{number:032x}", LAST - number * BETWEEN)
        (folder / f"{number:06}.jpg").write_bytes(content)
        total += len(content)
    return total


def _encode(scene: str, rng: Random) -> bytes:
    file = io.BytesIO()
    draw(scene, SIZE, rng).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
