"""Renders one original, compared with decoding it twice and with libvips making the same derivatives."""

import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageFilter

from benchmarks.isolated import Measurement, measure

# name, size in pixels, format, encoder options
ORIGINALS = [
    ("JPEG 2 MP", (1600, 1200), "JPEG", {"quality": 90}),
    ("JPEG 12 MP", (4032, 3024), "JPEG", {"quality": 90}),
    ("JPEG 12 MP progressive", (4032, 3024), "JPEG", {"quality": 90, "progressive": True}),
    ("JPEG 50 MP", (8192, 6144), "JPEG", {"quality": 90}),
    ("PNG 12 MP", (4032, 3024), "PNG", {"compress_level": 3}),
    ("PNG 50 MP", (8192, 6144), "PNG", {"compress_level": 1}),
    ("WebP 12 MP", (4032, 3024), "WEBP", {"quality": 85, "method": 0}),
]
OURS = (
    "import io; from chalicelib import images; data = open({path!r}, 'rb').read()",
    "images.render(io.BytesIO(data), len(data))",
)
# The usual approach: open and resize for half size, open and resize again for the thumbnail. No other derivative.
TWICE = (
    "import io; from PIL import Image, ImageOps; Image.MAX_IMAGE_PIXELS = None; data = open({path!r}, 'rb').read()",
    """
for side in (None, 150):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    size = (image.width // 2, image.height // 2) if side is None else (side, side)
    image.resize(size, Image.Resampling.LANCZOS).save(io.BytesIO(), {form!r})
""",
)
VIPS = (
    "import pyvips; pyvips.cache_set_max(0); data = open({path!r}, 'rb').read()",
    """
whole = pyvips.Image.new_from_buffer(data, '')
half = pyvips.Image.thumbnail_buffer(data, whole.width // 2, height=whole.height // 2, size='force').copy_memory()
half.write_to_buffer({suffix!r})
half.thumbnail_image(1600, height=1600, size='down').write_to_buffer('.webp[Q=80,effort=0]')
half.thumbnail_image(640, height=640, size='down').write_to_buffer('.webp[Q=75,effort=0]')
half.thumbnail_image(150, height=150, crop='centre').write_to_buffer({suffix!r})
""",
)
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
NEEDED = "| original | ours | decode twice (no preview) | libvips | ours / twice | peak, ours |"


def run() -> Iterator[str]:
    """The table: CPU milliseconds, each in a separate process, and the peak of ours in megabytes."""
    vips = find_spec("pyvips") is not None
    if not vips:
        yield "pyvips is not installed; its column is empty: pip install -r benchmarks/requirements.txt\n"
    yield NEEDED
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    with tempfile.TemporaryDirectory() as folder:
        for name, size, form, options in ORIGINALS:
            path = Path(folder) / name.replace(" ", "-")
            draw(size).save(path, form, **options)
            parameters = {"path": str(path), "form": form, "suffix": SUFFIXES[form]}
            ours = _measure(OURS, parameters)
            twice = _measure(TWICE, parameters)
            theirs = f"{_measure(VIPS, parameters).cpu_ms:.0f}" if vips else ""
            ratio = ours.cpu_ms / twice.cpu_ms
            yield (
                f"| {name} | {ours.cpu_ms:.0f} ms | {twice.cpu_ms:.0f} ms | {theirs} ms | {ratio:.2f} "
                f"| {ours.peak_mb:.0f} MB |"
            )
    yield "\nTargets: at most 0.5 of decoding twice and about libvips at JPEG 12 MP; under 400 MB at 50 MP."


def _measure(program: tuple[str, str], parameters: dict[str, str]) -> Measurement:
    setup, work = (part.format(**parameters) for part in program)
    return measure(setup, work)


def draw(size: tuple[int, int]) -> Image.Image:
    """A picture with the detail of a photo: noise at several scales, softened."""
    layers = [Image.effect_noise((max(1, size[0] // n), max(1, size[1] // n)), 60).resize(size) for n in (2, 16, 64)]
    return Image.merge("RGB", layers).filter(ImageFilter.GaussianBlur(1))
