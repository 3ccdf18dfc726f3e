import sys
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.errors import Unreadable
from chalicelib.images import heic
from tests.support.images import isobmff, samples
from tests.support.images.isobmff import container
from tests.unit.images.support import render

SIZE = (128, 96)


def cost(data: bytes) -> float:
    return heic.probe(BytesIO(data)).bytes_per_pixel


def encoded(mode: str = "RGB", **options: object) -> bytes:
    return samples.encoded(samples.quarters(SIZE, mode), "HEIC", **options)


def test_what_a_pixel_takes_goes_by_its_colours_and_its_depth() -> None:
    deep = Image.frombytes("RGB", (2 * SIZE[0], SIZE[1]), bytes(2 * 3 * SIZE[0] * SIZE[1]))
    data = BytesIO()
    import pillow_heif

    pillow_heif.encode("RGB;16", SIZE, deep.tobytes(), data)
    assert cost(encoded()) == pytest.approx(5.8)
    assert cost(encoded(chroma=444)) == pytest.approx(10)
    assert cost(data.getvalue()) == pytest.approx(10)
    assert cost(samples.see_through(SIZE, "HEIC")) == pytest.approx(13.2)


def test_parameters_among_the_data_count_too() -> None:
    plain = isobmff.coded(samples.quarters(SIZE), "HEIC")
    rich = isobmff.coded(samples.quarters(SIZE), "HEIC", chroma=444)
    (body,) = [one[8:] for one in rich.properties if one[4:8] == b"hvcC"]
    unit = next(unit for unit in heic._iter_config_units(body) if heic._is_sps(unit))
    smuggled = isobmff.Part(b"hvc1", len(unit).to_bytes(4) + unit + plain.data, plain.properties)
    assert cost(container("HEIC", smuggled)) == pytest.approx(10)


def test_tiles_at_work_are_reckoned_beside() -> None:
    tile = isobmff.coded(Image.new("RGB", (256, 256)), "HEIC")
    data = container("HEIC", isobmff.grid(1, 1, 100, 100), tile, references=[(b"dimg", 1, [2])])
    assert heic.probe(BytesIO(data)).fixed_bytes >= 256 * 256 * 1.5 + 2 * len(data)


@pytest.mark.parametrize("data", [isobmff.Part(b"hvc1", b"\0\0\0\2x"), isobmff.Part(b"hvc1", b"")])
def test_a_part_without_parameters_is_damaged(data: isobmff.Part) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        heic.probe(BytesIO(container("HEIC", data.told(64, 64))))


@pytest.mark.parametrize("told", [(32, 32), (64, 48), (129, 96), (2000, 1500)])
def test_a_size_that_is_not_that_of_the_picture_is_damaged(told: tuple[int, int]) -> None:
    data = container("HEIC", isobmff.coded(samples.quarters(SIZE), "HEIC").told(*told))
    with pytest.raises(Unreadable, match="damaged"):
        render(data)


def test_exif_does_not_turn_what_the_boxes_did_not() -> None:
    turned, told = samples.oriented(6, SIZE, "HEIC"), samples.exif(6).tobytes()
    untold = turned.replace(told[-26:], samples.exif(8).tobytes()[-26:])
    for data in (turned, untold):
        made = render(data)
        assert (made.width, made.height) == SIZE


def test_a_picture_of_large_size_is_taken_by_strips_and_equals_one_taken_whole() -> None:
    picture = Image.radial_gradient("L").resize((3210, 700)).convert("RGB")
    data = samples.encoded(picture, "HEIC")
    whole, strips = heic.open_image(BytesIO(data)), heic.open_image(BytesIO(data))
    assert strips.crop((0, 256, 3210, 512)).tobytes() == whole.copy().crop((0, 256, 3210, 512)).tobytes()
    assert strips.crop((5, 6, 70, 80)).tobytes() == whole.crop((5, 6, 70, 80)).tobytes()


def test_pillow_is_told_nothing_of_it() -> None:
    made = encoded()
    render(made)
    assert "pillow_heif" in sys.modules
    Image.init()
    assert not {"HEIF", "HEIC"} & {*Image.OPEN, *Image.SAVE}
