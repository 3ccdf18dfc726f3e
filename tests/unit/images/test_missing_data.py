from io import BytesIO

import pytest
from PIL import Image

from chalicelib.images import missing_data
from tests.support.images import samples
from tests.unit.images.support import close, corners, reason, render

INCOMPLETE = "The file is incomplete: it ends before the image does."


@pytest.fixture(scope="module", params=["AVIF", "HEIC"])
def whole(request: pytest.FixtureRequest) -> bytes:
    # Many small squares of gray under the quarters, so that the last bytes belong to pixels.
    squares = Image.new("L", (160, 120))
    squares.putdata([(x // 3 * 89 + y // 3 * 157) % 256 for y in range(120) for x in range(160)])
    picture = Image.blend(samples.quarters((160, 120)), squares.convert("RGB"), 0.2)
    return samples.encoded(picture, request.param)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_file_without_its_last_bytes_looks_as_if_it_had_them(whole: bytes, cut: int) -> None:
    made = render(whole[:-cut])
    assert made.incomplete
    for seen, wanted in zip(corners(whole[:-cut]), corners(whole), strict=True):
        assert close(seen, wanted, 25)


def test_file_with_all_bytes_is_complete(whole: bytes) -> None:
    assert not render(whole).incomplete
    assert not render(whole + bytes(50)).incomplete


def test_file_that_ends_much_earlier_is_incomplete(whole: bytes) -> None:
    for end in (len(whole) // 2, len(whole) * 8 // 10):
        assert reason(whole[:end]) == INCOMPLETE


@pytest.mark.parametrize(
    ("data", "filled"),
    [
        (b"\0\0\0\x08free\0\0\0\x40mdat" + b"x" * 52, 4),
        (b"\0\0\0\x01mdat" + (72).to_bytes(8) + b"x" * 52, 4),
        (b"\0\0\0\x40mdat" + b"x" * 56, 0),
        (b"\0\0\0\x40meta" + b"x" * 52, 0),
        (b"\0\0\0\x00mdat" + b"x" * 52, 0),
        (b"\0\0\xff\xffmdat" + b"x" * 52, 0),
        (b"\0\0\0", 0),
    ],
)
def test_only_few_bytes_of_media_data_are_filled(data: bytes, filled: int) -> None:
    file, incomplete = missing_data.fill(BytesIO(data))
    assert file.read() == data + bytes(filled)
    assert incomplete == bool(filled)
