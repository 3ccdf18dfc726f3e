"""Renders an original into its derivatives: thumbnail, resized, preview, small, and a placeholder.

Errors that Pillow raises on hostile bytes become Unreadable, with a reason that the owner can understand.

The original is decoded once. Large images are halved while they are read (libjpeg scales JPEGs itself, at a
quarter of the work). The half-size pixels become the resized image; preview and thumbnail are made from them, and
small from the preview. Rotation comes last, when few pixels are left.
"""

import errno
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import IO, cast

from PIL import Image

from chalicelib.errors import Unreadable
from chalicelib.images import color, formats, geometry, memory
from chalicelib.images.formats import FORMATS, Format
from chalicelib.images.metadata import Metadata, read_metadata
from chalicelib.images.orientation import read_orientation
from chalicelib.images.perceptual_hash import perceptual_hash
from chalicelib.images.placeholder import thumbhash
from chalicelib.images.probe import DAMAGED, INCOMPLETE, ImageHeader

PREVIEW_FORMAT = FORMATS["WEBP"]
# Measured in decision 21. With this reducing gap Pillow averages pairs of pixels before it resizes: 8 ms instead of 16.
SMALL_FORMAT, SMALL_REDUCING_GAP = replace(PREVIEW_FORMAT, save_options={"quality": 75, "method": 0}), 1.1

# Peak memory for the pixels of one original, on top of some 20 MB for Python and Pillow: below 400 MB in all, which
# holds over many files, because freed memory is returned where the next one needs it (`memory`). That allows 156
# megapixels of a baseline JPEG, 52 to 89 of a progressive one, 110 of a GIF (81 with transparency), 70 of a PNG or an
# uncompressed TIFF, 64 of a HEIC, 33 of an AVIF, 24 of a WebP and 23 of a JPEG XL (17 with alpha).
# Measured peaks at 50 megapixels: 94 MB (JPEG), 125 MB (JPEG with rotation),
# 356 MB (progressive, 4:4:4), 277 MB (PNG with alpha), 188 MB (GIF),
# 346 MB (TIFF, LZW), 245 MB (tiled HEIC), 274 MB (HEIC without tiles); AVIF would take 430 MB and WebP 796 MB.
MAX_MEMORY_BYTES = 375_000_000


@dataclass(frozen=True, slots=True)
class Derivative:
    """One encoded derivative. Width and height in pixels, after rotation.

    `pixels` are those that were encoded; only preview and small have them, which labelers read.
    """

    data: bytes
    mime: str
    format: str
    width: int
    height: int
    pixels: Image.Image | None = None


@dataclass(frozen=True, slots=True)
class RenderedImages:
    """Everything read and rendered from an original.

    Width and height in pixels, after rotation; `placeholder` is a thumbhash in base64; `perceptual_hash` is that of
    the upright image and of its middle; `small` is None if the preview is no larger; `incomplete` says that the file
    ends early or is damaged, so that pixels are missing.
    """

    format: str
    mime: str
    width: int
    height: int
    metadata: Metadata
    thumbnail: Derivative
    resized: Derivative
    preview: Derivative
    small: Derivative | None
    placeholder: str
    perceptual_hash: bytes = b""
    incomplete: bool = False


def render(
    file: IO[bytes], size: int, *, allowed: frozenset[str] = formats.ALLOWED, max_memory: int = MAX_MEMORY_BYTES
) -> RenderedImages:
    """Render an original of `size` bytes, using at most `max_memory` bytes for its pixels.

    Raises Unreadable if the file is not a supported image. I/O errors of the file itself and MemoryError pass through.
    """
    if size == 0:
        raise Unreadable("This file is empty.")
    source = _SourceFile(file)
    if (present := source.seek(0, 2)) < size:  # a download that broke off is not an original that ends early
        raise OSError(f"The file has {present:,} of {size:,} bytes.")
    original = formats.detect_file_format(source.stream(), allowed)
    with _translate_decoder_errors(source):
        header = original.probe(source.stream())
        _check_size(header, max_memory, size)
        metadata = read_metadata(source.stream(), original.name)
    with memory.limited(header.decoding_bytes):
        return _render(source, original, header, metadata)


def _render(source: "_SourceFile", original: Format, header: ImageHeader, metadata: Metadata) -> RenderedImages:
    with _translate_decoder_errors(source):
        pixels, (width, height), orientation, incomplete = _decode(source, original, header)
    output = formats.output_format(original)
    preview = geometry.fit_within(pixels, (width, height), geometry.PREVIEW_SIDE)
    small = geometry.fit_within(preview, (width, height), geometry.SMALL_SIDE, gap=SMALL_REDUCING_GAP)
    # The preview serves as the source only if there are enough pixels left to average.
    larger = preview if min(preview.size) >= 2 * geometry.THUMBNAIL_SIDE else pixels
    thumbnail = geometry.thumbnail(larger, (width, height), alpha=output.alpha)
    upright = geometry.apply_orientation(small, orientation)
    placeholder, content_hash = thumbhash(upright), perceptual_hash(upright)
    encoded_small = None if small is preview else _with_pixels(upright, SMALL_FORMAT)
    encoded_preview = _with_pixels(geometry.apply_orientation(preview, orientation), PREVIEW_FORMAT)
    del preview, small, upright, larger
    resized = pixels if geometry.can_use_half_size((width, height)) else pixels.reduce(2)
    del pixels
    rotated = orientation >= 5
    return RenderedImages(
        format=original.name,
        mime=original.mime,
        width=height if rotated else width,
        height=width if rotated else height,
        metadata=metadata,
        thumbnail=_encode(geometry.apply_orientation(thumbnail, orientation), output),
        resized=_encode(geometry.apply_orientation(resized, orientation), output),
        preview=encoded_preview,
        small=encoded_small,
        placeholder=placeholder,
        perceptual_hash=content_hash,
        incomplete=incomplete,
    )


def _decode(
    source: "_SourceFile", original: Format, header: ImageHeader
) -> tuple[Image.Image, tuple[int, int], int, bool]:
    """Decode to sRGB pixels, not rotated yet, at half size where that is enough.

    Also returns the full size, the orientation, and whether pixels are missing.
    """
    source.seek(0)
    stored = original.open_image(source.stream())
    size = stored.size
    if size[0] * size[1] > header.width * header.height:
        raise Unreadable(DAMAGED)
    halves = geometry.can_use_half_size(size)
    if halves:
        # If asked for half the size, rounded down, libjpeg returns half the size, rounded up.
        stored.draft(None, (size[0] // 2, size[1] // 2))
    halve = halves and stored.size == size
    if not halve:
        stored.load()  # otherwise it is read in strips
    gray = color.scale_to_8_bits(stored)
    pixels = geometry.reduce_by_half(gray) if halve else color.clear_transparent_pixels(color.to_plain_mode(gray))
    orientation = 1 if original.decoder_rotates else read_orientation(stored.info.get("exif"))
    profile = None if header.ignores_profile else stored.info.get("icc_profile")
    pixels = color.to_srgb(pixels, profile, header.color_space)
    pixels.info = {}  # Pillow would write comment, profile and transparency back from here
    return pixels, size, orientation, getattr(stored, "incomplete", False)


def _check_size(header: ImageHeader, max_memory: int, file_bytes: int) -> None:
    pixels = header.width * header.height
    max_pixels = int((max_memory - header.fixed_bytes) / header.bytes_per_pixel)
    size = f"This image is {header.width:,} x {header.height:,} pixels"
    if max(header.width, header.height) > header.max_side:
        raise Unreadable(f"{size}; at most {header.max_side:,} per side can be processed.")
    if pixels <= max_pixels:
        return
    if pixels * header.bytes_per_pixel <= max_memory:
        raise Unreadable(f"{size} in {file_bytes / 1e6:,.0f} MB; a file this large cannot be processed.")
    raise Unreadable(f"{size}; at most {max(0, max_pixels) // 1_000_000} megapixels of this format can be processed.")


def _encode(image: Image.Image, output: Format) -> Derivative:
    data = BytesIO()
    output.convert(image).save(data, output.name, **output.save_options)
    return Derivative(data.getvalue(), output.mime, output.name, *image.size)


def _with_pixels(image: Image.Image, output: Format) -> Derivative:
    return replace(_encode(image, output), pixels=image)


@contextmanager
def _translate_decoder_errors(source: "_SourceFile") -> Iterator[None]:
    """Turn errors of decoding into Unreadable; I/O errors of the file itself pass through.

    Pillow warns about odd EXIF and large images. The filter applies to its modules only, so that overlapping
    threads that restore it late do no harm.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        try:
            yield
        except MemoryError:
            raise
        except Exception as error:
            if source.error is not None:
                raise source.error from None
            if isinstance(error, Unreadable):
                raise
            raise Unreadable(_reason(str(error))) from error
        if source.error is not None:  # Pillow may have swallowed it as the end of an optional part
            raise source.error


def _reason(message: str) -> str:
    """The reason that the owner reads for a message of Pillow's."""
    if "truncated" in message:
        return INCOMPLETE
    if any(words in message for words in ("Reformat failed", "Unsupported color conversion", "NCLX matrix")):
        return "This image has a color encoding that cannot be processed."
    if "Invalid image grid" in message:  # the standard wants tiles of at least 64 pixels, and even sizes with 4:2:0
        return "This AVIF has tiles of a size that cannot be processed."
    if "text chunks" in message or "Decompressed data too large" in message:
        return "This PNG contains more text, or a larger color profile, than can be processed."
    return DAMAGED


class _SourceFile:
    """File wrapper that records I/O errors, to tell them apart from errors of the decoder."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.error: Exception | None = None

    def stream(self) -> IO[bytes]:
        """Self, cast for callers that are typed for files but use only read, seek and tell."""
        return cast("IO[bytes]", self)

    def read(self, count: int = -1) -> bytes:
        with self._record_errors():
            return self.file.read(count)

    def seek(self, offset: int, whence: int = 0) -> int:
        with self._record_errors():
            return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    @contextmanager
    def _record_errors(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, OverflowError):  # an offset or length that only a malformed image asks for
            raise
        except Exception as error:
            if getattr(error, "errno", None) != errno.EINVAL:  # the same, as the operating system reports it
                self.error = error
            raise


def decode(derivative: bytes) -> Image.Image:
    """The pixels of a stored derivative."""
    with Image.open(BytesIO(derivative)) as image:
        image.load()
        return image
