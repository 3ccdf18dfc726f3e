import pytest

from chalicelib.images.orientation import read_orientation
from tests.support.images import samples


@pytest.mark.parametrize("nothing", [None, b"", "text", b"Exif\0\0", b"Exif\0\0II*\0"])
def test_missing_exif_is_upright(nothing: object) -> None:
    assert read_orientation(nothing) == 1


@pytest.mark.parametrize(("stored", "read"), [(0, 1), (1, 1), (6, 6), (8, 8), (9, 1), (300, 1)])
def test_invalid_orientation_is_upright(stored: int, read: int) -> None:
    block = samples.exif(orientation=stored)
    assert (read_orientation(block), read_orientation(block.tobytes())) == (read, read)


def test_orientation_survives_a_broken_exif_directory() -> None:
    block = samples.exif(orientation=6, taken="2024:01:01 10:00:00").tobytes()
    assert read_orientation(block[: block.index(b"2024:01:01")]) == 6
