"""Near-duplicates and similar photos: recall of changed copies, false pairs, the cost of hashes, indexes and requests.

`PHOTOS` names a folder with photos, which are read with its subfolders; without it, pictures are drawn. Copies are
encoded as JPEG and processed as uploads are. Of photos with the same hashes, one is used.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

from PIL import Image, ImageEnhance

from chalicelib import images
from chalicelib.errors import Unreadable
from chalicelib.library.fingerprints import Fingerprint, parse_fingerprint
from chalicelib.library.near_duplicates import find_groups
from chalicelib.library.similarity import MAX_DISTANCE
from chalicelib.library.similarity_index import pack_embeddings, parse_embedding_index
from chalicelib.maintenance.similarity import MAX_COMPARED, MAX_INDEXED
from local.demo.drawing import SCENES, draw

COPIED = 200
DRAWN = 400
MAX_PHOTOS = 2000
SMALLER = 10_000  # photos of a library that is measured in addition to the largest one
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".tiff"})


def run() -> Iterator[str]:
    """The tables."""
    photos = list(_photos())
    yield f"{len(photos)} photos, {min(COPIED, len(photos))} of them copied.\n"
    yield from _recall(photos)
    yield ""
    yield from _costs(photos)


def _photos() -> Iterator[Image.Image]:
    """Upright photos, at most as large as a preview; each once."""
    folder, seen = os.environ.get("PHOTOS"), set()
    if not folder:
        rng = Random(1)
        scenes = sorted(SCENES)
        yield from (draw(scenes[number % len(scenes)], (800, 600), rng) for number in range(DRAWN))
        return
    paths = [path for path in sorted(Path(folder).rglob("*")) if path.suffix.lower() in SUFFIXES]
    Random(1).shuffle(paths)
    for path in paths[:MAX_PHOTOS]:
        try:
            rendered = images.render(BytesIO(path.read_bytes()), path.stat().st_size)
        except Unreadable:
            continue
        pixels = rendered.preview.pixels
        if pixels is not None and rendered.perceptual_hash not in seen:
            seen.add(rendered.perceptual_hash)
            yield pixels.convert("RGB")


def _recall(photos: Sequence[Image.Image]) -> Iterator[str]:
    originals = [_hash(photo) for photo in photos]
    copied = photos[:COPIED]
    yield "| copy | found |"
    yield "| --- | ---: |"
    for name, change in CHANGES.items():
        yield f"| {name} | {_found(originals, [change(photo) for photo in copied], interleaved=False):.1%} |"
    frames = [_next_frame(photo) for photo in copied]
    yield f"| next frame of a burst, beside it | {_found(originals, frames, interleaved=True):.1%} |"
    yield f"| next frame of a burst, far away | {_found(originals, frames, interleaved=False):.1%} |"
    count = len(originals)
    yield ""
    yield (
        f"Groups of different photos, among {count * (count - 1) // 2:,} pairs: "
        f"{len(find_groups([parse_fingerprint(str(n), '', each) for n, each in enumerate(originals)]))}."
    )


def _found(originals: Sequence[bytes], copies: Sequence[bytes], *, interleaved: bool) -> float:
    """The share of copies that are in the group of their original, beside it in time or behind all originals."""
    names = [f"original {number}" for number in range(len(originals))]
    rows = list(zip(names, originals, strict=True))
    copied = [(f"copy {number}", copy) for number, copy in enumerate(copies)]
    if interleaved:
        rows = [row for pair in zip(rows, copied, strict=False) for row in pair] + rows[len(copied) :]
    else:
        rows += copied
    groups = find_groups([parse_fingerprint(name, "", stored) for name, stored in rows])
    together = {each.photo_id: {other.photo_id for other in group} for group in groups for each in group}
    return sum(f"copy {number}" in together.get(names[number], ()) for number in range(len(copies))) / len(copies)


def _costs(photos: Sequence[Image.Image]) -> Iterator[str]:
    yield "| work | CPU |"
    yield "| --- | ---: |"
    small = [photo.reduce(2) for photo in photos[:50]]
    yield f"| the hashes of a small image | {_milliseconds(partial(images.perceptual_hash, each) for each in small)} |"
    for size in (SMALLER, MAX_COMPARED):
        compare = partial(find_groups, list(_random_fingerprints(size)))
        yield f"| groups of {size:,} photos | {_milliseconds([compare])} |"
    for size in (SMALLER, MAX_INDEXED):
        rows = list(_random_fingerprints(size))
        packed = pack_embeddings(rows).to_bytes()
        request = partial(_nearest, packed, rows[0].embedding)
        megabytes = len(packed) / 1e6
        yield f"| the nearest of {size:,} photos, in a file of {megabytes:.1f} MB | {_milliseconds([request] * 3)} |"


def _nearest(packed: bytes, embedding: bytes) -> list[str]:
    return parse_embedding_index(packed).nearest(embedding, limit=100, max_distance=MAX_DISTANCE)


def _milliseconds(works: Iterable[Callable[[], object]]) -> str:
    """The median CPU time of these works."""
    times = []
    for work in works:
        started = process_time()
        work()
        times.append(process_time() - started)
    return f"{median(times) * 1000:,.1f} ms"


def _random_fingerprints(count: int) -> Iterator[Fingerprint]:
    rng = Random(1)
    for number in range(count):
        yield Fingerprint(f"{number:032x}", f"{number}", rng.getrandbits(63), rng.getrandbits(63), rng.randbytes(160))


def _hash(photo: Image.Image, quality: int = 95) -> bytes:
    """The hashes of a photo that is encoded as JPEG and processed like an upload."""
    file = BytesIO()
    photo.save(file, "JPEG", quality=quality)
    return images.render(file, len(file.getvalue())).perceptual_hash


def _crop(photo: Image.Image, share: float, left: float = 0.5, top: float = 0.5) -> Image.Image:
    """This share of both sides; `left` and `top` are the shares of what is cut that are cut there."""
    width, height = round(photo.width * share), round(photo.height * share)
    x, y = round((photo.width - width) * left), round((photo.height - height) * top)
    return photo.crop((x, y, x + width, y + height))


def _half(photo: Image.Image) -> Image.Image:
    return photo.resize((photo.width // 2, photo.height // 2), Image.Resampling.LANCZOS)


def _next_frame(photo: Image.Image) -> bytes:
    """A photo of the same scene: turned by a degree, moved by a percent of its side, a little brighter."""
    turned = photo.rotate(1, Image.Resampling.BICUBIC)
    return _hash(ImageEnhance.Brightness(_crop(turned, 0.96, 0.3, 0.6)).enhance(1.03))


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "JPEG of quality 90": lambda photo: _hash(photo, 90),
    "JPEG of quality 60": lambda photo: _hash(photo, 60),
    "JPEG of quality 30": lambda photo: _hash(photo, 30),
    "half the size": lambda photo: _hash(_half(photo)),
    "brightness 80 %": lambda photo: _hash(ImageEnhance.Brightness(photo).enhance(0.8)),
    "brightness 120 %": lambda photo: _hash(ImageEnhance.Brightness(photo).enhance(1.2)),
    "the middle 95 %": lambda photo: _hash(_crop(photo, 0.95)),
    "the middle 90 %": lambda photo: _hash(_crop(photo, 0.9)),
    "90 % at a corner": lambda photo: _hash(_crop(photo, 0.9, 0, 0)),
}
