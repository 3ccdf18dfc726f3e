import struct

import pytest
from PIL import Image

from tests.support.images import samples
from tests.unit.images.support import close, opened, reason, render

SIZE = (64, 48)


def segment(marker: int, body: bytes, *, declared: int | None = None) -> bytes:
    """A segment; `declared` overrides its length."""
    return struct.pack(">BBH", 255, marker, len(body) + 2 if declared is None else declared) + body


@pytest.mark.parametrize("at_end", [False, True])
@pytest.mark.parametrize(
    "extra",
    [
        segment(0xE0, b"JFIF"),
        segment(0xE0, b"JFIF\0\1"),
        segment(0xE0, b""),
        segment(0xE1, b"Exif\0\0"),
        segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"),
        segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\xff\xff"),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<not xml"),
        segment(0xE2, b"ICC_PROFILE\0"),
        segment(0xE2, b"ICC_PROFILE\0\1"),
        segment(0xE2, b"ICC_PROFILE\0\7\1" + samples.display_p3()[:99]),
        segment(0xE2, b"MPF\0" + bytes(3)),
        segment(0xE2, b"FPXR\0"),
        segment(0xED, b"Photoshop 3.0\x008BIM"),
        segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\xff\xff\xff\xff"),
        segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\0"),
        segment(0xEE, b"Adobe"),
        segment(0xEE, b"Adobe\0"),
        segment(0xFE, b""),
        segment(0xFE, b"", declared=0),
        segment(0xFE, b"a comment longer than it says", declared=5),
        segment(0xE5, b"a segment longer than it says", declared=9),
    ],
    ids=range(21),
)
def test_malformed_metadata_costs_no_pixel(extra: bytes, *, at_end: bool) -> None:
    plain = samples.encoded(samples.quarters(SIZE))
    at = plain.index(b"\xff\xda") if at_end else 2
    made = render(plain[:at] + extra + plain[at:])
    assert not made.incomplete
    for seen, wanted in zip(samples.corners(opened(made.preview)), samples.CORNERS, strict=True):
        assert close(seen, wanted, 25)


def test_intact_metadata_beside_malformed_metadata_is_read() -> None:
    block = samples.exif(6, camera=("Canon", "Canon EOS 40D"))
    stored = Image.new("RGB", SIZE, (234, 51, 35))
    plain = samples.encoded(stored, exif=block, icc_profile=samples.display_p3())
    made = render(plain[:2] + segment(0xEE, b"Adobe") + plain[2:])
    assert (made.metadata.camera, made.width, made.height) == ("Canon EOS 40D", 48, 64)
    assert close(samples.corners(opened(made.preview))[0], (255, 0, 0), 6)


def frame(marker: int, *, bits: int = 8, components: int = 3) -> bytes:
    """A JPEG whose frame header says this."""
    data = bytearray(samples.encoded(samples.quarters(SIZE), subsampling="4:4:4"))
    at = data.index(b"\xff\xc0")
    body = data[at + 5 : at + 9] + bytes([components]) + b"".join(bytes([i + 1, 0x11, 0]) for i in range(components))
    size = int.from_bytes(data[at + 2 : at + 4])
    return bytes(data[:at]) + segment(marker, bytes([bits]) + body) + bytes(data[at + 2 + size :])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (frame(0xC1, bits=12), "12 bits per sample"),
        (frame(0xC2, bits=12), "12 bits per sample"),
        (frame(0xC0, components=2), "2 components"),
        (frame(0xC0, components=5), "5 components"),
        (frame(0xC3), "lossless"),
        (frame(0xC3, bits=16), "lossless"),
        (frame(0xCB), "lossless"),
        (frame(0xC5), "hierarchical"),
        (frame(0xCE), "hierarchical"),
        (frame(0xDE), "hierarchical"),
        (frame(0xF7), "JPEG-LS"),
    ],
)
def test_kind_that_is_not_decoded_is_named(data: bytes, kind: str) -> None:
    assert reason(data) == f"This JPEG is of a kind that cannot be processed: {kind}."


def test_extended_sequential_jpeg_of_8_bits_is_decoded() -> None:
    assert close(samples.corners(opened(render(frame(0xC1)).preview))[0], samples.RED)


def test_height_after_the_first_scan_is_used() -> None:
    data = samples.encoded(samples.quarters((64, 48)))
    at = data.index(b"\xff\xc0") + 5
    lines = segment(0xDC, data[at : at + 2])
    made = render(data[:at] + bytes(2) + data[at + 2 : -2] + lines + data[-2:])
    assert (made.width, made.height, made.incomplete) == (64, 48, False)
    assert made.preview.data == render(data).preview.data
    assert "damaged" in reason(data[:at] + bytes(2) + data[at + 2 :])
