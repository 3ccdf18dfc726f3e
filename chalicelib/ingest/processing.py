"""Processing: makes the derivatives of an original and fills in its record.

It downloads the original once and does not change the photo store. Processing the same original again writes the same
derivatives.
"""

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import file_digest
from typing import IO, TYPE_CHECKING, Protocol

from chalicelib.errors import Unavailable, Unreadable
from chalicelib.ingest.originals import ORIGINAL_VERSION, Original, OriginalStore
from chalicelib.labels.labeler import Labeler, PhotoMetadata
from chalicelib.library.corrections import drop_repeated_time, is_plausible
from chalicelib.library.descriptions import clean_file_caption, clean_keywords, drop_repeated_descriptions
from chalicelib.library.filenames import EXTENSIONS
from chalicelib.library.photo import Derivative, Photo, State
from chalicelib.library.positions import FindPlace, drop_repeated_coordinates, with_place
from chalicelib.library.transitions import relabel_if_moved
from chalicelib.util.capture_time import CaptureTime

if TYPE_CHECKING:
    from PIL.Image import Image

    from chalicelib.images import Metadata, RenderedImages

DERIVATIVE_NAMES = ("thumbnail", "resized", "preview", "small")
WEBP_NAMES = frozenset({"preview", "small"})
MEBIBYTE = 1024 * 1024
MAX_BYTES = 200 * MEBIBYTE
LABEL_RETRY_DELAY = timedelta(minutes=15)
# Increase it when `images` learns to read more: the schedule reads the files of older photos again, and processes those
# that were rejected. Records have it with a minus sign if positions were left out, which the setting `places` decides.
READER_REVISION = 3
SPOOL_BYTES = 16 * 1024 * 1024

type Render = Callable[[IO[bytes], int], RenderedImages]
type ReadMetadata = Callable[[IO[bytes]], Metadata]
type Decode = Callable[[bytes], Image]


class DerivativeStore(Protocol):
    """Stores derivatives in their bucket."""

    def put(self, key: str, data: bytes, mime: str, metadata: Mapping[str, str]) -> None:
        """Store one image at its key, replacing any there."""

    def get(self, key: str) -> bytes:
        """The bytes of one image; raises NotFound."""

    def copy(self, source: str, target: str) -> None:
        """Store the image at `source` at `target` too, with its type and metadata; raises NotFound."""

    def remove(self, keys: list[str]) -> None:
        """Delete these images; keys without an image are ignored."""


@dataclass(frozen=True, slots=True)
class ImageProcessor:
    """Renders and labels originals; without `find_place`, positions in files are not stored."""

    originals: OriginalStore
    derivatives: DerivativeStore
    labeler: Labeler
    render: Render
    read_metadata: ReadMetadata
    decode: Decode
    now: Callable[[], datetime]
    find_place: FindPlace | None

    def process(self, photo: Photo, original: Original) -> Photo:
        """The photo ready to publish, its derivatives stored; raises Unreadable if the original is not an image."""
        if original.size == 0:
            raise Unreadable("This file is empty.")
        if original.size > MAX_BYTES:
            megabytes = math.ceil(original.size / MEBIBYTE)
            raise Unreadable(f"This file has {megabytes:,} MB; photos can have up to {MAX_BYTES // MEBIBYTE} MB.")
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as file:
            self.originals.download(original, file)
            digest = _sha256(file)
            rendered = self.render(file, original.size)
        processed = replace(
            self._with_metadata(without_derivatives(photo), rendered.metadata),
            state=State.READY,
            sha256=digest,
            format=rendered.format,
            width=rendered.width,
            height=rendered.height,
            placeholder=rendered.placeholder,
            perceptual_hash=rendered.perceptual_hash,
            incomplete=rendered.incomplete,
            derivatives=self._store(photo, original, rendered),
        )
        if photo.reader_revision == 0:  # what its owner gave with the upload, before the file was read
            processed = drop_repeated_coordinates(drop_repeated_descriptions(drop_repeated_time(processed)))
        return self.add_labels(processed, _pixels_to_label(rendered, self.labeler.derivative))

    def read_metadata_again(self, photo: Photo, original: Original) -> Photo:
        """The photo with what its file says besides its pixels; what its owner says stays."""
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as file:
            self.originals.download(original, file)
            metadata = self.read_metadata(file)
        read = self._with_metadata(photo, metadata)
        return relabel_if_moved(photo, read, self.now()) if self.labeler.follows_time else read

    def add_labels(self, photo: Photo, image: "Image | None" = None) -> Photo:
        """The photo with its labels; if the labeler is unavailable, they stay pending and the photo is due later."""
        metadata = PhotoMetadata(photo.local_time, width=photo.width or 0, height=photo.height or 0)
        try:
            if image is None:
                image = self.decode(self.derivatives.get(photo.derivatives[self.labeler.derivative].key))
            found = self.labeler.detect(image, metadata)
        except Unavailable:
            return replace(photo, labels_pending=True, due_at=self.now() + LABEL_RETRY_DELAY)
        return replace(
            photo,
            labels=tuple(label for label in found.labels if label.name not in photo.dismissed_labels),
            embedding=found.embedding,
            labeler=self.labeler.version,
            labels_pending=False,
            due_at=None,
        )

    def _with_metadata(self, photo: Photo, metadata: "Metadata") -> Photo:
        read = replace(
            photo,
            camera_time=plausible_time(metadata.capture_time, photo.received_at),
            camera=metadata.camera,
            lens=metadata.lens,
            exposure=metadata.exposure,
            file_caption=clean_file_caption(metadata.caption),
            file_rating=metadata.rating,
            keywords=clean_keywords(metadata.keywords, photo.dismissed_labels),
            file_coordinates=metadata.coordinates if self.find_place else None,
            reader_revision=READER_REVISION if self.find_place else -READER_REVISION,
        )
        return with_place(read, self.find_place)

    def _store(self, photo: Photo, original: Original, rendered: "RenderedImages") -> dict[str, Derivative]:
        derivatives: dict[str, Derivative] = {}
        images = (rendered.thumbnail, rendered.resized, rendered.preview, rendered.small)
        for name, image in zip(DERIVATIVE_NAMES, images, strict=True):
            if image is None:  # the preview is not larger
                derivatives[name] = derivatives["preview"]
                continue
            derivative = Derivative(
                key=derivative_key(photo.photo_id, name, image.mime),
                mime=image.mime,
                format=image.format,
                width=image.width,
                height=image.height,
                bytes=len(image.data),
            )
            metadata = _object_metadata(photo, original, rendered, derivative)
            self.derivatives.put(derivative.key, image.data, image.mime, metadata)
            derivatives[name] = derivative
        return derivatives


def _pixels_to_label(rendered: "RenderedImages", name: str) -> "Image | None":
    """The pixels of the preview or, if it is named and exists, of the small image."""
    return (rendered.small if name == "small" and rendered.small else rendered.preview).pixels


def delete_derivatives(derivatives: DerivativeStore, photo: Photo) -> None:
    """Delete all derivatives of this photo, including those a dead worker stored but did not record."""
    derivatives.remove(sorted(recorded_keys(photo) | possible_keys(photo.photo_id)))


def delete_outdated_derivatives(derivatives: DerivativeStore, photo: Photo) -> None:
    """Delete what is left of this processed photo's earlier original, if that was of another type."""
    derivatives.remove(sorted(possible_keys(photo.photo_id) - recorded_keys(photo)))


def without_derivatives(photo: Photo) -> Photo:
    """The photo without any field that was read from its original, which may have been replaced."""
    return replace(
        photo,
        sha256=None,
        format=None,
        width=None,
        height=None,
        camera_time=None,
        reader_revision=0,
        camera=None,
        lens=None,
        exposure=None,
        file_caption=None,
        file_rating=None,
        keywords=(),
        file_coordinates=None,
        file_place=(),
        placeholder=None,
        perceptual_hash=b"",
        keep_groups=(),
        incomplete=False,
        derivatives={},
        labels=(),
        labeler="",
        embedding=b"",
        labels_pending=False,
        duplicate_of=None,
    )


def derivative_key(photo_id: str, name: str, mime: str) -> str:
    """The key `{photo_id}/{name}.{extension}`: signed URLs, which strangers get, tell no owner and no filename.

    Any original of a photo has the same keys if it is of the same type.
    """
    return f"{photo_id}/{name}{EXTENSIONS[mime][0]}"


def possible_keys(photo_id: str) -> frozenset[str]:
    """All keys that the derivatives of this photo may have; preview and small are always WebP."""
    return frozenset(
        derivative_key(photo_id, name, mime)
        for name in DERIVATIVE_NAMES
        for mime in (["image/webp"] if name in WEBP_NAMES else EXTENSIONS)
    )


def recorded_keys(photo: Photo) -> frozenset[str]:
    """The keys of the derivatives in the record."""
    return frozenset(derivative.key for derivative in photo.derivatives.values())


def size_reduction_percent(before: int, after: int) -> float:
    """The percentage of bytes saved; negative if the result is larger."""
    return round((1 - after / before) * 100, 2) if before else 0.0


def plausible_time(time: CaptureTime | None, received_at: datetime) -> CaptureTime | None:
    """The time that the file says, if the photo can have been taken then."""
    return time if time and is_plausible(time, received_at) else None


def _sha256(file: IO[bytes]) -> str:
    file.seek(0)
    digest = file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # typeshed asks for readinto
    file.seek(0)
    return digest


def _object_metadata(
    photo: Photo, original: Original, rendered: "RenderedImages", derivative: Derivative
) -> dict[str, str]:
    """S3 user metadata of a derivative: ids and numbers only, because S3 metadata is ASCII."""
    return {
        "photo-id": photo.photo_id,
        ORIGINAL_VERSION: original.version,
        "original-format": rendered.format,
        "original-width": str(rendered.width),
        "original-height": str(rendered.height),
        "original-bytes": str(original.size),
        "width": str(derivative.width),
        "height": str(derivative.height),
        "size-reduction-percent": f"{size_reduction_percent(original.size, derivative.bytes):.2f}",
    }
