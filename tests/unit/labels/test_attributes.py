import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from chalicelib.labels.attributes import NAMES, AttributeLabeler
from chalicelib.labels.labeler import PhotoMetadata
from chalicelib.library.label import Label
from tests.support.images import samples

PLAIN = PhotoMetadata(taken_at=None, width=400, height=300)


def found(image: Image.Image, metadata: PhotoMetadata = PLAIN) -> tuple[Label, ...]:
    return AttributeLabeler().detect(image, metadata).labels


def names(image: Image.Image, metadata: PhotoMetadata = PLAIN) -> set[str]:
    return {label.name for label in found(image, metadata)}


def plain_image(color: tuple[int, ...]) -> Image.Image:
    return Image.new("RGBA" if len(color) == 4 else "RGB", (400, 300), color)


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ((220, 20, 20), "red"),
        ((240, 140, 20), "orange"),
        ((110, 70, 30), "brown"),
        ((245, 225, 40), "yellow"),
        ((40, 150, 50), "green"),
        ((80, 85, 30), "green"),
        ((40, 200, 190), "turquoise"),
        ((40, 80, 220), "blue"),
        ((130, 60, 210), "purple"),
        ((250, 160, 190), "pink"),
        ((255, 180, 175), "pink"),
        ((250, 250, 250), "white"),
        ((128, 128, 128), "gray"),
        ((8, 8, 8), "black"),
    ],
)
def test_color_names(color: tuple[int, int, int], name: str) -> None:
    assert names(plain_image(color)) - {"monochrome"} == {"horizontal", name}


def test_dominant_colors_are_labels_and_traces_are_not() -> None:
    image = plain_image((40, 80, 220))
    image.paste((40, 150, 50), (0, 200, 400, 300))
    image.paste((220, 20, 20), (0, 0, 20, 20))
    labels = {label.name: label.confidence for label in found(image)}
    assert set(labels) == {"horizontal", "blue", "green"}
    assert labels["blue"] > labels["green"]


def test_transparent_pixels_have_no_color() -> None:
    image = plain_image((220, 20, 20, 0))
    image.paste((40, 80, 220, 255), (0, 0, 100, 100))
    assert names(image) == {"horizontal", "blue"}
    assert names(plain_image((220, 20, 20, 0))) == {"horizontal"}


def test_gray_image_is_monochrome() -> None:
    assert "monochrome" in names(Image.radial_gradient("L").convert("RGB"))
    assert "monochrome" not in names(samples.quarters())


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (400, 300, "horizontal"),
        (300, 400, "vertical"),
        (1000, 1020, "square"),
        (4000, 1000, "panorama"),
        (1000, 4000, "vertical"),
    ],
)
def test_shape(width: int, height: int, name: str) -> None:
    assert found(plain_image((8, 8, 8)), PhotoMetadata(None, width, height))[0] == Label(name, 100.0)


@pytest.mark.parametrize(
    ("month", "season"), [(1, "winter"), (3, "spring"), (7, "summer"), (11, "autumn"), (12, "winter")]
)
def test_season(month: int, season: str) -> None:
    taken_at = datetime.fromisoformat(f"2024-{month:02}-15T12:00")
    assert season in names(plain_image((128, 128, 128)), PhotoMetadata(taken_at, 4, 3))


@pytest.mark.parametrize(("hour", "name"), [(6, "morning"), (13, "afternoon"), (20, "evening")])
def test_time_of_day_of_a_bright_image(hour: int, name: str) -> None:
    taken_at = datetime.fromisoformat(f"2024-06-15T{hour:02}:00")
    assert name in names(plain_image((128, 128, 128)), PhotoMetadata(taken_at, 4, 3))
    assert name not in names(plain_image((8, 8, 8)), PhotoMetadata(taken_at, 4, 3))


def test_night_needs_a_dark_image() -> None:
    taken_at = datetime.fromisoformat("2024-06-15T23:00")
    assert "night" in names(plain_image((8, 8, 8)), PhotoMetadata(taken_at, 4, 3))
    assert "night" not in names(plain_image((200, 200, 200)), PhotoMetadata(taken_at, 4, 3))


def test_labels_are_sorted_by_confidence_and_at_most_ten() -> None:
    metadata = PhotoMetadata(datetime(2024, 6, 15, 10, tzinfo=UTC), 4, 3)
    labels = found(samples.quarters(), metadata)
    assert labels == tuple(sorted(labels, key=lambda label: -label.confidence))
    assert len(labels) <= 10
    assert all(0 < label.confidence <= 100 and label.name == label.name.lower() for label in labels)
    assert found(samples.quarters(), metadata) == labels


def test_import_does_not_load_pillow() -> None:
    code = "import sys, chalicelib.labels.attributes; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_page_has_the_same_names() -> None:
    page = (Path(__file__).parents[3] / "web" / "src" / "state" / "attributes.ts").read_text()
    listed = "".join(re.findall(r'^  "(.*)"', page, re.MULTILINE)).split()
    assert listed == sorted(NAMES)


def test_every_label_is_one_of_the_names() -> None:
    taken = [datetime(2024, month, 15, hour, tzinfo=UTC) for month in range(1, 13) for hour in range(24)]
    images = [plain_image((value, value, value)) for value in (8, 200)]
    seen = {name for image in images for moment in taken for name in names(image, PhotoMetadata(moment, 4, 3))}
    assert seen <= NAMES
