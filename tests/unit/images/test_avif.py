from io import BytesIO

import pytest
from PIL import Image

from chalicelib.errors import Unreadable
from chalicelib.images import avif
from tests.support.images import isobmff, samples
from tests.support.images.isobmff import Part, container
from tests.unit.images.support import corners, render

SIZE = (128, 96)


def plain(**options: object) -> Part:
    return isobmff.encoded_part(samples.quarters(SIZE), "AVIF", **options)


def cost(data: bytes) -> float:
    return avif.probe(BytesIO(data)).bytes_per_pixel


def test_memory_per_pixel_depends_on_the_profile() -> None:
    assert cost(container("AVIF", plain())) == pytest.approx(11)
    assert cost(container("AVIF", plain(subsampling="4:4:4"))) == pytest.approx(14)
    assert cost(samples.transparent(SIZE, "AVIF")) == pytest.approx(9.6 + 6 + 3)


def test_tiles_count_twice() -> None:
    tile = isobmff.encoded_part(Image.new("RGB", (64, 64)), "AVIF")
    data = container("AVIF", isobmff.grid(2, 1, 128, 64), tile, tile, references=[(b"dimg", 1, [2, 3])])
    assert cost(data) == pytest.approx(8 + 2 * 3)


@pytest.mark.parametrize("declared", [(64, 48), (256, 192)])
def test_boxes_with_another_size_than_the_codec_use_the_boxes_size(declared: tuple[int, int]) -> None:
    data = container("AVIF", plain().with_declared_size(*declared))
    assert cost(data) == pytest.approx(8 + 3 * max(1, SIZE[0] * SIZE[1] / (declared[0] * declared[1])))
    assert (render(data).width, render(data).height) == declared


def test_codec_size_far_above_the_boxes_is_damaged() -> None:
    large = isobmff.encoded_part(Image.new("RGB", (2048, 1024)), "AVIF")
    with pytest.raises(Unreadable, match="damaged"):
        render(container("AVIF", large.with_declared_size(64, 64)))


def written(fields: str) -> bytes:
    """A sequence header of these bits, in its unit."""
    bits = fields.replace(" ", "")
    body = int(bits.ljust((len(bits) + 7) // 8 * 8, "0"), 2).to_bytes((len(bits) + 7) // 8)
    return bytes([0x0A, len(body)]) + body


SIZES = "0110 0101 1111111 101111"  # 7 and 6 bits: 128 x 48
STILL = f"001 1 1 00000 {SIZES}"
MOVING = f"000 0 0 0 0 00000 {'0' * 12} 00000 {SIZES}"
TIMED = (
    f"010 0 0 1 {'0' * 64} 1 00100 1 01001 {'1' * 32} 00000 00000 1 00001 "
    f"{'0' * 12} 01000 1 1 {'0' * 20} 1 1 0000 {'0' * 12} 00001 0 0 {SIZES}"
)


@pytest.mark.parametrize(
    ("header", "declared"),
    [
        (written(STILL), (1, 128 * 48)),
        (written(MOVING), (0, 128 * 64)),  # the maximum of 7 and 6 bits
        (written(TIMED), (2, 128 * 64)),
        (b"\x12\0" + written(STILL), (1, 128 * 48)),
        (b"\x3e\0\x01x" + written(STILL), (1, 128 * 48)),  # a unit with an extension before it
        (b"\x08" + written(STILL)[2:], (1, 128 * 48)),  # one that goes on to the end
    ],
)
def test_sequence_headers_of_every_kind_give_the_size(header: bytes, declared: tuple[int, int]) -> None:
    assert list(avif._iter_sequence_headers(header)) == [declared]


@pytest.mark.parametrize("data", [b"", b"\x12\0" * 20_000, b"\x0a\x02\0", b"\x0a\x80\x80", b"\x12\0"])
def test_item_without_sequence_header_is_damaged(data: bytes) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        avif.probe(BytesIO(container("AVIF", Part(b"av01", data).with_declared_size(64, 64))))


def test_animation_uses_its_still_image() -> None:
    data = samples.animation("AVIF", SIZE)
    assert data[8:12] == b"avis"
    assert corners(data)[0][0] > 200


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_override_the_exif_orientation(orientation: int) -> None:
    data = samples.oriented(orientation, SIZE, "AVIF")
    assert (render(data).width, render(data).height) == SIZE
    for seen, wanted in zip(corners(data), samples.CORNERS, strict=True):
        assert all(abs(a - b) <= 25 for a, b in zip(seen, wanted, strict=True))


def test_unreadable_exif_is_ignored() -> None:
    block = samples.exif(6, camera=("Canon", "Canon EOS 40D")).tobytes()
    data = samples.encoded(samples.quarters(SIZE), "AVIF", exif=block)
    at = data.index(b"Canon") - 60
    for broken in (data.replace(b"II*\0", b"II*\1"), data[:at] + bytes(20) + data[at + 20 :]):
        assert render(broken).width in SIZE
