"""Demo photos: drawn pictures as JPEG files with EXIF, a label and tags."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from PIL import Image
from PIL.ExifTags import IFD, Base

from local.demo.drawing import SCENES, draw

PHOTOS_PER_SCENE = 6
SIZES = [(1600, 1067), (1200, 1600), (1400, 1400), (1800, 1012), (1100, 1467), (2000, 900)]
EXTRA_TAGS = {
    "lake": ["mountain"],
    "clouds": ["sky"],
    "beach": ["sea"],
    "cat": ["animal"],
    "dog": ["animal"],
    "mountain": [],
}
ORIENTATIONS = [1, 1, 1, 6, 8]
TRANSPOSITIONS = {
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}  # by EXIF orientation


@dataclass(frozen=True, slots=True)
class DemoPhoto:
    """A JPEG file with its label and tags."""

    filename: str
    content: bytes
    label: str
    tags: list[str]
    public: bool = True


def demo_photos(rng: Random, now: datetime, per_scene: int = PHOTOS_PER_SCENE) -> Iterator[DemoPhoto]:
    """Photos of every scene in random order, dated within the year before `now`."""
    scenes = [(scene, number) for scene in SCENES for number in range(per_scene)]
    rng.shuffle(scenes)
    for scene, number in scenes:
        taken_at = now - timedelta(minutes=rng.randrange(365 * 24 * 60))
        orientation = rng.choice(ORIENTATIONS)
        yield DemoPhoto(
            filename=f"{scene}-{taken_at:%Y%m%d-%H%M}.jpg",
            content=encode_jpeg(draw(scene, SIZES[number % len(SIZES)], rng), taken_at, orientation),
            label=scene,
            tags=EXTRA_TAGS[scene],
        )


def encode_jpeg(image: Image.Image, taken_at: datetime, orientation: int = 1) -> bytes:
    """The image as a camera in this orientation writes it."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    file = io.BytesIO()
    rotated = image.transpose(TRANSPOSITIONS[orientation]) if orientation in TRANSPOSITIONS else image
    rotated.save(file, "JPEG", quality=88, exif=exif)
    return file.getvalue()
