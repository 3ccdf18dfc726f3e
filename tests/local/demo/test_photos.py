from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import islice
from random import Random

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from local.demo.drawing import SCENES, draw
from local.demo.photos import demo_photos

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("scene", SCENES)
def test_scene_is_detailed_and_differs_by_seed(scene: str) -> None:
    one, other = (draw(scene, (120, 90), Random(seed)) for seed in (1, 2))
    assert (one.size, one.mode) == ((120, 90), "RGB")
    assert len(one.getcolors(maxcolors=one.width * one.height) or []) > 50
    assert one.tobytes() != other.tobytes()


def test_demo_photos_are_jpegs_of_last_year_in_every_orientation() -> None:
    photos = list(islice(demo_photos(Random(1), NOW), 12))
    assert {photo.label for photo in photos} == set(SCENES)
    assert len({photo.content for photo in photos}) == len(photos)
    orientations = set()
    for photo in photos:
        with Image.open(BytesIO(photo.content)) as image:
            exif = image.getexif()
            orientations.add(exif[Base.Orientation])
            taken_at = datetime.strptime(exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal], "%Y:%m:%d %H:%M:%S").replace(
                tzinfo=UTC
            )
        assert NOW - timedelta(days=366) < taken_at <= NOW
    assert orientations == {1, 6, 8}
