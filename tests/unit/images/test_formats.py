import pytest

from chalicelib.errors import Unreadable
from chalicelib.images import formats
from tests.support.images import samples


def reason(head: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        formats.detect_format(head)
    return str(refused.value)


@pytest.mark.parametrize("form", sorted(formats.FORMATS))
def test_format_is_detected_by_content(form: str) -> None:
    assert formats.detect_format(samples.encoded(samples.quarters((9, 9)), form)).name == form


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"BM\x36\0\0\0\0\0", "BMP"),
        (b"8BPS\0\1\0\0", "PSD"),
        (b"8BPS\0\2\0\0", "PSB"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\xff\x4f\xff\x51\0\x2f", "JPEG 2000"),
        (b"II\xbc\x01\x20\0\0\0", "JPEG XR"),
        (b"gimp xcf v011\0\0\0\x40", "XCF"),
        (b"\0\0\1\0\1\0\x10\x10\0\0", "ICO"),
        (b"\0\0\2\0\1\0\x20\x20\0\0", "CUR"),
        (b"DDS \x7c\0\0\0", "DDS"),
        (b"\0\0\2".ljust(12, b"\0") + b"\x40\0\x30\0\x18\0", "TGA"),
        (b"\n\5\1\x08\0\0\0\0", "PCX"),
        (b"\x76\x2f\x31\1\2\0\0\0", "OpenEXR"),
        (b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", "Radiance HDR"),
        (b"SIMPLE  =                    T", "FITS"),
        (bytes(128) + b"DICM\2\0", "DICOM"),
        (b"P6\n64 48\n255\n\0\1\2", "Netpbm"),
    ],
)
def test_unsupported_image_format_is_named(head: bytes, name: str) -> None:
    assert reason(head) == (
        f"{name} images are not supported; "
        "only AVIF, GIF, HEIC, JPEG, JPEG XL, PNG, RAW, TIFF and WebP can be processed."
    )


@pytest.mark.parametrize(
    ("brands", "name"),
    [
        (b"avif\0\0\0\0mif1", "AVIF"),
        (b"avis\0\0\0\0msf1", "AVIF"),
        (b"mif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"heix\0\0\0\0", "HEIC"),
        (b"mif1\0\0\0\0miafheic", "HEIC"),
        (b"mif1\0\0\0\0", "HEIC"),
    ],
)
def test_brands_distinguish_heic_from_avif(brands: bytes, name: str) -> None:
    head = (8 + len(brands)).to_bytes(4) + b"ftyp" + brands
    assert formats.detect_format(head + b"\0\0\0\x20avif").name == name


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"%PDF-1.7\n1 0 obj\n", "a PDF document"),
        (b"BMW, Audi, Opel", "a text file"),
        ("Zettel: Öl, Käse".encode(), "a text file"),
        ("Zettel: Öl, Käse".encode("utf-16"), "a text file"),
        (b"<!DOCTYPE html><html>", "an HTML page"),
        (b"\xef\xbb\xbf  <SVG onload='alert(1)'>", "SVG files are not supported"),
        (samples.SVG.decode().encode("utf-16"), "SVG files are not supported"),
        (b"\x7fELF\0\0\x01\x02", "a program"),
        (b"\x01\x02\x03\x04\x05", "not a recognized image"),
        (b"\xff\xd8", "not a recognized image"),
    ],
)
def test_non_images_are_named(head: bytes, words: str) -> None:
    assert words in reason(head)


def test_text_cut_within_a_character_is_still_text() -> None:
    assert "a text file" in reason("ö".encode() * 10 + "ö".encode()[:1])


def test_every_format_has_an_output_format() -> None:
    for row in formats.FORMATS.values():
        assert formats.output_format(row).written_as is None
