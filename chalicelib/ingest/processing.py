"""The darkroom: one original goes in, its derivatives lie in their bucket and its record is filled in.

It reads the original once and changes no catalogue; whatever it stores it stores again just the same
when the same original comes in a second time.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Protocol

from chalicelib.errors import Unavailable, Unreadable
from chalicelib.ingest.labeling import Labeler, PhotoMetadata
from chalicelib.ingest.originals import Original, OriginalStore
from chalicelib.library.photo import Derivative, Photo, State, clean_filename, truncate_filename

if TYPE_CHECKING:
    from chalicelib.images import RenderedImages

DERIVATIVE_NAMES = ("thumbnail", "resized", "preview", "small")
WEBP_NAMES = ("preview", "small")
MAX_BYTES = 200 * 1024 * 1024
MAX_KEY_BYTES = 1024
LABEL_AGAIN_AFTER = timedelta(minutes=15)
# A camera's clock may know no time zone: half the world is ahead of it.
CLOCKS_DIFFER_BY = timedelta(days=1)
SPOOL_BYTES = 16 * 1024 * 1024
BLOCK_BYTES = 1024 * 1024

type Render = Callable[[IO[bytes], int], RenderedImages]


class DerivativeStore(Protocol):
    """The bucket of images made from originals."""

    def put(self, key: str, data: bytes, mime: str, metadata: Mapping[str, str]) -> None:
        """Store one image under its key, replacing what was there."""

    def get(self, key: str) -> bytes:
        """One image's bytes; raises NotFound."""

    def remove(self, keys: list[str]) -> None:
        """Remove these; those that are not there are let be."""


@dataclass(frozen=True, slots=True)
class ImageProcessor:
    """Where originals are developed, with everything it needs handed in."""

    originals: OriginalStore
    derivatives: DerivativeStore
    labeler: Labeler
    render: Render
    now: Callable[[], datetime]

    def process(self, photo: Photo, original: Original) -> Photo:
        """The photo as it should be published, its derivatives stored; raises Unreadable for what is no picture."""
        if original.size == 0:
            raise Unreadable("This file is empty.")
        if original.size > MAX_BYTES:
            raise Unreadable(f"This file has {original.size:,} bytes; at most {MAX_BYTES:,} can be taken.")
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as file:
            self.originals.download(original, file)
            digest = _sha256(file)
            rendered = self.render(file, original.size)
        developed = replace(
            without_derivatives(photo),
            state=State.READY,
            sha256=digest,
            format=rendered.format,
            width=rendered.width,
            height=rendered.height,
            taken_at=_believed(rendered.taken_at, photo.received_at),
            camera=rendered.camera,
            placeholder=rendered.placeholder,
            derivatives=self._store(photo, original, rendered),
        )
        return self.add_labels(developed, rendered.preview.data)

    def add_labels(self, photo: Photo, preview: bytes | None = None) -> Photo:
        """The photo with what the labeller found; an outage neither loses nor delays it, it is asked again later."""
        facts = PhotoMetadata(
            taken_at=photo.taken_at, camera=photo.camera, width=photo.width or 0, height=photo.height or 0
        )
        try:
            image = preview if preview is not None else self.derivatives.get(photo.derivatives["preview"].key)
            found = self.labeler.detect(image, facts)
        except Unavailable:
            return replace(photo, labels_pending=True, due_at=self.now() + LABEL_AGAIN_AFTER)
        wanted = tuple(label.name for label in found if label.name not in photo.dismissed_labels)
        return replace(photo, labels=wanted, labels_pending=False, due_at=None)

    def _store(self, photo: Photo, original: Original, rendered: "RenderedImages") -> dict[str, Derivative]:
        made: dict[str, Derivative] = {}
        images = (rendered.thumbnail, rendered.resized, rendered.preview, rendered.small)
        for name, image in zip(DERIVATIVE_NAMES, images, strict=True):
            if image is None:  # the preview is as small
                made[name] = made["preview"]
                continue
            record = Derivative(
                key=derivative_key(photo, name),
                mime=image.mime,
                format=image.format,
                width=image.width,
                height=image.height,
                bytes=len(image.data),
            )
            self.derivatives.put(record.key, image.data, image.mime, _metadata(photo, original, rendered, record))
            made[name] = record
        return made


def delete_derivatives(derivatives: DerivativeStore, photo: Photo) -> None:
    """Remove every image made from this photo, those too that somebody stored and did not live to record."""
    recorded = {made.key for made in photo.derivatives.values()}
    derivatives.remove(sorted(recorded | {derivative_key(photo, name) for name in DERIVATIVE_NAMES}))


def without_derivatives(photo: Photo) -> Photo:
    """The photo without anything that was read from an original: the next one may be another picture, or none."""
    return replace(
        photo,
        sha256=None,
        format=None,
        width=None,
        height=None,
        taken_at=None,
        camera=None,
        placeholder=None,
        derivatives={},
        labels=(),
        labels_pending=False,
        duplicate_of=None,
    )


def derivative_key(photo: Photo, name: str) -> str:
    """`{owner}/{photo_id}/{name}-{filename}`, within S3's 1,024 bytes; preview and small are always WebP.

    The filename is that of the original: its owner may give the photo another, and the images stay where they are.
    """
    folder = f"{photo.owner}/{photo.photo_id}/{name}-"
    filename = clean_filename(photo.key)
    if name in WEBP_NAMES:
        filename = f"{filename.rpartition('.')[0] or filename}.webp"
    return folder + truncate_filename(filename, MAX_KEY_BYTES - len(folder.encode()))


def size_reduction_percent(before: int, after: int) -> float:
    """How many per cent of the bytes were saved; negative where the result is larger."""
    return round((1 - after / before) * 100, 2) if before else 0.0


def _believed(taken_at: datetime | None, received_at: datetime) -> datetime | None:
    """When the camera says it was taken, but not in the future: such a photo would stand first for ever."""
    return taken_at if taken_at is None or taken_at <= received_at + CLOCKS_DIFFER_BY else None


def _sha256(file: IO[bytes]) -> str:
    digest = sha256()
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def _metadata(photo: Photo, original: Original, rendered: "RenderedImages", record: Derivative) -> dict[str, str]:
    """S3 user metadata of a derivative: ids and numbers only, for S3 holds no Unicode there."""
    return {
        "photo-id": photo.photo_id,
        "original-version": original.version,
        "original-format": rendered.format,
        "original-width": str(rendered.width),
        "original-height": str(rendered.height),
        "original-bytes": str(original.size),
        "width": str(record.width),
        "height": str(record.height),
        "size-reduction-percent": f"{size_reduction_percent(original.size, record.bytes):.2f}",
    }
