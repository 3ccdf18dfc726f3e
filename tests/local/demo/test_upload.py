from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import islice
from random import Random

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from local.demo.drawing import SCENES, draw
from local.demo.upload import pictures

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_fills_its_frame_and_is_never_drawn_twice(scene: str) -> None:
    one, other = (draw(scene, (120, 90), Random(seed)) for seed in (1, 2))
    assert (one.size, one.mode) == ((120, 90), "RGB")
    assert len(one.getcolors(maxcolors=one.width * one.height) or []) > 50
    assert one.tobytes() != other.tobytes()


def test_pictures_are_jpegs_of_the_last_year_in_every_orientation() -> None:
    made = list(islice(pictures(Random(1), NOW), 12))
    assert {picture.label for picture in made} == set(SCENES)
    assert len({picture.content for picture in made}) == len(made)
    orientations = set()
    for picture in made:
        with Image.open(BytesIO(picture.content)) as image:
            exif = image.getexif()
            orientations.add(exif[Base.Orientation])
            taken_at = datetime.strptime(exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal], "%Y:%m:%d %H:%M:%S").replace(
                tzinfo=UTC
            )
        assert NOW - timedelta(days=366) < taken_at <= NOW
    assert orientations == {1, 6, 8}
