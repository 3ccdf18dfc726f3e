import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from chalicelib.errors import Unavailable
from chalicelib.ingest.labeling import GuardedLabeler, Label, LocalLabeler, PhotoMetadata
from chalicelib.util.circuit_breaker import CircuitBreaker
from tests.fakes.library import Clock
from tests.fakes.processing import FixedLabeler
from tests.support.images import samples

PLAIN = PhotoMetadata(taken_at=None, camera=None, width=400, height=300)


def found(image: Image.Image, facts: PhotoMetadata = PLAIN) -> tuple[Label, ...]:
    return LocalLabeler().detect(samples.encoded(image, "WEBP", lossless=False), facts)


def names(image: Image.Image, facts: PhotoMetadata = PLAIN) -> set[str]:
    return {label.name for label in found(image, facts)}


def one(colour: tuple[int, ...]) -> Image.Image:
    return Image.new("RGBA" if len(colour) == 4 else "RGB", (400, 300), colour)


@pytest.mark.parametrize(
    ("colour", "word"),
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
def test_a_colour_is_called_by_its_plain_word(colour: tuple[int, int, int], word: str) -> None:
    assert names(one(colour)) - {"monochrome"} == {"landscape", word}


def test_the_colours_that_fill_most_are_told_and_traces_are_not() -> None:
    image = one((40, 80, 220))
    image.paste((40, 150, 50), (0, 200, 400, 300))
    image.paste((220, 20, 20), (0, 0, 20, 20))
    labels = {label.name: label.confidence for label in found(image)}
    assert set(labels) == {"landscape", "blue", "green"}
    assert labels["blue"] > labels["green"]


def test_what_is_transparent_has_no_colour() -> None:
    image = one((220, 20, 20, 0))
    image.paste((40, 80, 220, 255), (0, 0, 100, 100))
    assert names(image) == {"landscape", "blue"}
    assert names(one((220, 20, 20, 0))) == {"landscape"}


def test_a_picture_without_colour_is_monochrome() -> None:
    assert "monochrome" in names(Image.radial_gradient("L").convert("RGB"))
    assert "monochrome" not in names(samples.quarters())


@pytest.mark.parametrize(
    ("width", "height", "word"),
    [
        (400, 300, "landscape"),
        (300, 400, "portrait"),
        (1000, 1020, "square"),
        (4000, 1000, "panorama"),
        (1000, 4000, "portrait"),
    ],
)
def test_the_shape_is_that_of_the_photo(width: int, height: int, word: str) -> None:
    assert found(one((8, 8, 8)), PhotoMetadata(None, None, width, height))[0] == Label(word, 100.0)


@pytest.mark.parametrize(
    ("month", "season"), [(1, "winter"), (3, "spring"), (7, "summer"), (11, "autumn"), (12, "winter")]
)
def test_the_season_is_that_of_the_northern_hemisphere(month: int, season: str) -> None:
    taken = datetime(2024, month, 15, 12, tzinfo=UTC)
    assert season in names(one((128, 128, 128)), PhotoMetadata(taken, None, 4, 3))


@pytest.mark.parametrize(("hour", "word"), [(6, "morning"), (13, "afternoon"), (20, "evening")])
def test_the_time_of_day_is_told_of_a_light_picture(hour: int, word: str) -> None:
    taken = datetime(2024, 6, 15, hour, tzinfo=UTC)
    assert word in names(one((128, 128, 128)), PhotoMetadata(taken, None, 4, 3))
    assert word not in names(one((8, 8, 8)), PhotoMetadata(taken, None, 4, 3))


def test_a_night_is_dark() -> None:
    taken = datetime(2024, 6, 15, 23, tzinfo=UTC)
    assert "night" in names(one((8, 8, 8)), PhotoMetadata(taken, None, 4, 3))
    assert "night" not in names(one((200, 200, 200)), PhotoMetadata(taken, None, 4, 3))


@pytest.mark.parametrize(
    ("camera", "word"), [("Canon EOS 40D", "canon"), ("OLYMPUS IMAGING CORP. u1020", "olympus"), ("X100", None)]
)
def test_the_make_of_the_camera_is_told(camera: str, word: str | None) -> None:
    makes = names(one((8, 8, 8)), PhotoMetadata(None, camera, 4, 3)) - {"black", "monochrome", "landscape"}
    assert makes == ({word} if word else set())


def test_the_most_certain_come_first_and_there_are_never_more_than_ten() -> None:
    facts = PhotoMetadata(datetime(2024, 6, 15, 10, tzinfo=UTC), "Canon EOS 40D", 4, 3)
    labels = found(samples.quarters(), facts)
    assert labels == tuple(sorted(labels, key=lambda label: -label.confidence))
    assert len(labels) <= 10
    assert all(0 < label.confidence <= 100 and label.name == label.name.lower() for label in labels)
    assert found(samples.quarters(), facts) == labels


def test_pillow_is_not_loaded_before_a_picture_is_looked_at() -> None:
    code = "import sys, chalicelib.ingest.labeling; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_labeller_that_is_out_is_left_in_peace_and_asked_again_later() -> None:
    one, clock = FixedLabeler(broken=True), Clock()
    guarded = GuardedLabeler(one, CircuitBreaker(max_failures=2, cooldown=timedelta(minutes=1), now=clock))
    for _ in range(2):
        with pytest.raises(Unavailable, match="does not answer"):
            guarded.detect(b"", PLAIN)
    one.broken = False
    with pytest.raises(Unavailable, match="not called for a while"):
        guarded.detect(b"", PLAIN)
    clock.advance(timedelta(minutes=1))
    assert guarded.detect(b"", PLAIN) == (Label("sand", 99.0),)
