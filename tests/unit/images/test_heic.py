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


def test_memory_per_pixel_depends_on_chroma_and_depth() -> None:
    deep = Image.frombytes("RGB", (2 * SIZE[0], SIZE[1]), bytes(2 * 3 * SIZE[0] * SIZE[1]))
    data = BytesIO()
    import pillow_heif

    pillow_heif.encode("RGB;16", SIZE, deep.tobytes(), data)
    assert cost(encoded()) == pytest.approx(5.8)
    assert cost(encoded(chroma=444)) == pytest.approx(10)
    assert cost(data.getvalue()) == pytest.approx(10)
    assert cost(samples.transparent(SIZE, "HEIC")) == pytest.approx(13.2)


def test_parameter_sets_in_the_data_count() -> None:
    plain = isobmff.encoded_part(samples.quarters(SIZE), "HEIC")
    rich = isobmff.encoded_part(samples.quarters(SIZE), "HEIC", chroma=444)
    (body,) = [one[8:] for one in rich.properties if one[4:8] == b"hvcC"]
    unit = next(unit for unit in heic._iter_config_units(body) if heic._is_sps(unit))
    smuggled = isobmff.Part(b"hvc1", len(unit).to_bytes(4) + unit + plain.data, plain.properties)
    assert cost(container("HEIC", smuggled)) == pytest.approx(10)


def test_tiles_being_decoded_are_counted() -> None:
    tile = isobmff.encoded_part(Image.new("RGB", (256, 256)), "HEIC")
    data = container("HEIC", isobmff.grid(1, 1, 100, 100), tile, references=[(b"dimg", 1, [2])])
    assert heic.probe(BytesIO(data)).fixed_bytes >= 256 * 256 * 1.5 + 2 * len(data)


@pytest.mark.parametrize("data", [isobmff.Part(b"hvc1", b"\0\0\0\2x"), isobmff.Part(b"hvc1", b"")])
def test_item_without_parameter_set_is_damaged(data: isobmff.Part) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        heic.probe(BytesIO(container("HEIC", data.with_declared_size(64, 64))))


@pytest.mark.parametrize("declared", [(32, 32), (64, 48), (129, 96), (2000, 1500)])
def test_size_other_than_the_codec_size_is_damaged(declared: tuple[int, int]) -> None:
    data = container("HEIC", isobmff.encoded_part(samples.quarters(SIZE), "HEIC").with_declared_size(*declared))
    with pytest.raises(Unreadable, match="damaged"):
        render(data)


def test_exif_orientation_is_not_applied_again() -> None:
    turned, declared = samples.oriented(6, SIZE, "HEIC"), samples.exif(6).tobytes()
    untold = turned.replace(declared[-26:], samples.exif(8).tobytes()[-26:])
    for data in (turned, untold):
        made = render(data)
        assert (made.width, made.height) == SIZE


def test_large_image_read_in_strips_equals_one_read_whole() -> None:
    picture = Image.radial_gradient("L").resize((3210, 700)).convert("RGB")
    data = samples.encoded(picture, "HEIC")
    whole, strips = heic.open_image(BytesIO(data)), heic.open_image(BytesIO(data))
    assert strips.crop((0, 256, 3210, 512)).tobytes() == whole.copy().crop((0, 256, 3210, 512)).tobytes()
    assert strips.crop((5, 6, 70, 80)).tobytes() == whole.crop((5, 6, 70, 80)).tobytes()


def test_pillow_heif_is_not_registered_with_pillow() -> None:
    made = encoded()
    render(made)
    assert "pillow_heif" in sys.modules
    Image.init()
    assert not {"HEIF", "HEIC"} & {*Image.OPEN, *Image.SAVE}
