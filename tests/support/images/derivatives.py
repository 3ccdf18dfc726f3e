"""Whether the derivatives of a sample have its size, format and pixels, and nothing private."""

from collections.abc import Iterator, Mapping

from PIL import Image

from chalicelib.images.formats import FORMATS, output_format
from chalicelib.images.geometry import SMALL_SIDE
from chalicelib.ingest.processing import WEBP_NAMES
from tests.support.images import samples
from tests.support.images.corpus import Sample

PRIVATE_DATA = (samples.SECRET.encode(), b"Canon", b"GPS", b"Exif", b"adobe", b"xmp")

# The image, its content type and its bytes.
type StoredImage = tuple[Image.Image, str, bytes]


def find_errors(sample: Sample, images: Mapping[str, StoredImage]) -> Iterator[str]:
    """Errors in the derivatives of a sample."""
    width, height = sample.seen.size
    sizes = {"thumbnail": (150, 150), "resized": ((width + 1) // 2, (height + 1) // 2), "preview": (width, height)}
    if max(width, height) > SMALL_SIDE:
        scale = SMALL_SIDE / max(width, height)
        sizes["small"] = (round(width * scale), round(height * scale))
    row = output_format(FORMATS[sample.form])
    if set(images) != set(sizes):
        yield f"has {sorted(images)}"
        return
    for name, (image, mime, data) in images.items():
        expected = FORMATS["WEBP"] if name in WEBP_NAMES else row
        if (image.format, mime, image.size) != (expected.name, expected.mime, sizes[name]):
            yield f"{name} is {image.format}, {mime}, {image.size}"
        if image.getexif() or {"exif", "icc_profile", "xmp", "comment"} & set(image.info):
            yield f"{name} has metadata {sorted(image.info)}"
        yield from (f"{name} contains {pattern!r}" for pattern in PRIVATE_DATA if pattern in data)
        for expected_color, color in zip(corners(sample.seen), corners(image), strict=True):
            if expected_color[3] == 0 and expected.alpha:
                if color[3] > 100:
                    yield f"{name} is not transparent: {color}"
                continue
            opaque = (255, 255, 255, 255) if expected_color[3] == 0 else expected_color
            if max(abs(a - b) for a, b in zip(opaque, color, strict=True)) > sample.tolerance:
                yield f"{name} has {color}, expected {opaque}"


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """RGBA values in the middle of each quarter."""
    rgba = image.convert("RGBA")
    points = [(rgba.width * x // 4, rgba.height * y // 4) for y in (1, 3) for x in (1, 3)]
    return [tuple(rgba.crop((x, y, x + 1, y + 1)).tobytes()) for x, y in points]
