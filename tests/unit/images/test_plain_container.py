"""Structures that the standard allows, but few encoders write and some decoders refuse."""

import struct
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.images import isobmff, plain_container
from tests.support.images import isobmff as containers
from tests.support.images import samples
from tests.support.images.isobmff import Part, box, container, full
from tests.unit.images.support import close, corners, reason, render

FORMS = ["AVIF", "HEIC"]
SIZE = (128, 96)
ROTATE = box(b"irot", b"\1")  # by 90 degrees counterclockwise
TURNED = (samples.CORNERS[1], samples.CORNERS[3], samples.CORNERS[0], samples.CORNERS[2])


def plain(form: str) -> Part:
    return containers.encoded_part(samples.quarters(SIZE), form)


def equal(data: bytes, wanted: tuple[tuple[int, ...], ...] = samples.CORNERS) -> bool:
    return all(close(one, other, 25) for one, other in zip(corners(data), wanted, strict=True))


def with_properties(form: str, *boxes: bytes) -> bytes:
    """A file of one image whose bytes are in `idat`, with these boxes instead of `iprp`."""
    data = container(form, plain(form), inside=True)
    meta = data.index(b"meta") - 4
    start = data.index(b"iprp") - 4
    end = start + int.from_bytes(data[start : start + 4])
    changed = data[:start] + b"".join(boxes) + data[end:]
    size = int.from_bytes(data[meta : meta + 4]) + len(changed) - len(data)
    return changed[:meta] + struct.pack(">I", size) + changed[meta + 4 :]


def uses(*numbers: int) -> bytes:
    """The properties of item 1."""
    return full(b"ipma", struct.pack(">IHB", 1, 1, len(numbers)) + bytes(numbers))


@pytest.mark.parametrize("form", FORMS)
def test_properties_may_be_in_several_boxes(form: str) -> None:
    known = plain(form).properties
    every = range(1, len(known) + 1)
    all_at_once = box(b"ipco", b"".join(known))
    for boxes in (
        [box(b"iprp", box(b"ipco", b"".join(known[:2])) + box(b"ipco", b"".join(known[2:])) + uses(*every))],
        [box(b"iprp", all_at_once + uses(*every[:1]) + uses(*every[1:]))],
        [box(b"iprp", all_at_once + uses(*every)), box(b"iprp", box(b"ipco", b""))],
        [
            box(
                b"iprp",
                box(b"ipco", known[0] + box(b"free", b"") + b"".join(known[1:])) + uses(1, *every[2:], every[-1] + 1),
            )
        ],
    ):
        assert equal(with_properties(form, *boxes))


@pytest.mark.parametrize("form", FORMS)
def test_tile_may_have_every_place_of_a_grid(form: str) -> None:
    tile = containers.encoded_part(samples.quarters((64, 64)), form)
    data = container(form, containers.grid(4, 4, 256, 256), tile, references=[(b"dimg", 1, [2] * 16)])
    made = render(data)
    assert (made.width, made.height) == (256, 256)
    tile_corner = Image.open(BytesIO(made.preview.data)).crop((192, 192, 256, 256))
    for seen, wanted in zip(samples.corners(tile_corner), samples.CORNERS, strict=True):
        assert close(seen, wanted, 40)


@pytest.mark.parametrize("form", FORMS)
def test_tiles_may_share_their_bytes(form: str) -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    tile = containers.encoded_part(noise, form)
    tiles = [tile] + [Part(tile.kind, b"", tile.properties)] * 15
    data = bytearray(
        container(form, containers.grid(4, 4, 256, 256), *tiles, references=[(b"dimg", 1, list(range(2, 18)))])
    )
    entries = data.index(b"iloc") + 4 + 4 + 2 + 2
    first = entries + 16 + 8
    for number in range(2, 17):
        at = entries + 16 * number + 8
        data[at : at + 8] = data[first : first + 8]
    made = render(bytes(data))
    assert (made.width, made.height) == (256, 256)


@pytest.mark.parametrize("form", FORMS)
def test_identity_is_the_other_item_rotated(form: str) -> None:
    other = Part(b"iden", b"", (containers.size(*SIZE),))
    assert equal(container(form, other, plain(form), references=[(b"dimg", 1, [2])]))
    data = container(form, other.but(ROTATE), plain(form), references=[(b"dimg", 1, [2])])
    assert (render(data).width, render(data).height) == SIZE[::-1]
    assert equal(data, TURNED)


@pytest.mark.parametrize("form", FORMS)
def test_hidden_primary_item_is_displayed(form: str) -> None:
    data = container(form, plain(form))
    assert equal(data.replace(b"infe\2\0\0\0", b"infe\2\0\0\1"))


@pytest.mark.parametrize("brand", [b"mif1", b"miaf", b"MA1A", b"MA1B", b"avio", b"1pic", b"zzzz", b"mif2"])
@pytest.mark.parametrize("form", FORMS)
def test_major_brand_may_be_any_if_a_known_one_is_compatible(form: str, brand: bytes) -> None:
    data = container(form, plain(form))
    assert render(data[:8] + brand + data[12:]).format == form


@pytest.mark.parametrize("form", FORMS)
def test_generic_brands_alone_leave_it_to_the_items(form: str) -> None:
    data = container(form, plain(form))
    assert render(data[:8] + b"mif1\0\0\0\0mif1miaf" + data[24:]).format == form


@pytest.mark.parametrize("form", FORMS)
def test_rewriting_keeps_alpha_rotation_and_metadata(form: str) -> None:
    exif = Part(b"Exif", bytes(4) + samples.exif(1).tobytes())
    alpha = containers.encoded_part(Image.new("L", SIZE, 255), form).but(containers.alpha())
    data = container(
        form, plain(form).but(ROTATE), alpha, exif, references=[(b"auxl", 2, [1]), (b"cdsc", 3, [1])], wide=True
    )
    contents = isobmff.read_contents(BytesIO(plain_container.rewrite(BytesIO(data), containers.BRANDS[form])))
    assert [item.kind for item in contents.items.values()] == [containers.CODECS[form]] * 2 + [b"Exif"]
    assert contents.references == [(b"auxl", 2, [1]), (b"cdsc", 3, [1])]
    assert (b"irot", b"\1") in contents.items[1].properties


@pytest.mark.parametrize("form", FORMS)
def test_reason_tells_the_structure(form: str) -> None:
    overlay = Part(b"iovl", bytes(30), (containers.size(*SIZE),))
    assert "overlaid images" in reason(container(form, overlay, plain(form), references=[(b"dimg", 1, [2])]))
    without_primary = container(form, plain(form)).replace(b"pitm", b"free")
    assert reason(without_primary) == "This file contains no still image."


def test_avif_tiles_below_the_minimum_are_rejected_with_the_reason() -> None:
    tile = containers.encoded_part(Image.new("RGB", (32, 32)), "AVIF")
    data = container("AVIF", containers.grid(2, 1, 64, 32), tile, tile, references=[(b"dimg", 1, [2, 3])])
    assert "tiles of a size" in reason(data)
