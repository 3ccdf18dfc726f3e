"""Malformed files, malicious or damaged: bombs, false sizes, loops, floods, polyglots, truncated files.

Each comes with the words of its refusal, or with none where it is a picture all the same.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from tests.support.images import isobmff, samples, tiff
from tests.support.images.isobmff import container
from tests.support.images.samples import encoded

SIZE = (64, 48)
BROKEN = r"damaged|incomplete"
LARGE = r"megapixels of this format"
ELSE = "can be processed"


@dataclass(frozen=True)
class MalformedFile:
    """A file, and a pattern of its rejection reason; None if it must be accepted."""

    name: str
    data: bytes
    refused: str | None


def all_files() -> Iterator[MalformedFile]:
    """Every file; no two are equal."""
    yield from _non_images()
    yield from _jpegs()
    yield from _pngs()
    yield from _webps()
    yield from _gifs()
    yield from _tiffs()
    yield from _heic_and_avif()
    yield from _polyglots()
    yield from _truncated()


def _non_images() -> Iterator[MalformedFile]:
    yield MalformedFile("empty.jpg", b"", "This file is empty")
    yield MalformedFile("list.jpg", samples.TEXT, "a text file")
    yield MalformedFile("page.png", b"<!DOCTYPE html><script>alert(1)</script>", "an HTML page")
    yield MalformedFile("drawing.svg", samples.SVG, "SVG files are not supported because they can contain scripts")
    yield MalformedFile(
        "drawing.png",
        samples.SVG.decode().encode("utf-16"),
        "SVG files are not supported because they can contain scripts",
    )
    yield MalformedFile("paper.jpg", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "a PDF document")
    yield MalformedFile("holiday.heic", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(500), "an MP4 video")
    yield MalformedFile("holiday.avif", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a QuickTime video")
    yield MalformedFile("program.jpg", b"\x7fELF\x02\x01\x01" + bytes(99), "a program")
    yield MalformedFile("noise.jpg", bytes(range(256)) * 9, "not a recognized image")
    yield MalformedFile("old.bmp", encoded(samples.quarters(SIZE), "BMP"), "BMP images are not supported")
    yield MalformedFile("layers.psd", b"8BPS\0\1" + bytes(60), "PSD images are not supported")
    yield MalformedFile("next.jpg", b"\0\0\0\x0cJXL \r\n\x87\n", BROKEN)
    yield MalformedFile("film.jpg", encoded(samples.quarters(SIZE), "JPEG2000"), "JPEG 2000 images are not supported")


def _jpegs() -> Iterator[MalformedFile]:
    plain = encoded(samples.quarters(SIZE))
    yield MalformedFile("beginning.jpg", b"\xff\xd8\xff", BROKEN)
    yield MalformedFile("nothing in it.jpg", b"\xff\xd8\xff\xd9", BROKEN)
    yield MalformedFile("bomb.jpg", samples.huge_jpeg(65_535, 65_535), LARGE)
    yield MalformedFile("slow bomb.jpg", samples.huge_jpeg(8000, 8000, progressive=True, subsampling="4:4:4"), LARGE)
    yield MalformedFile(
        "larger than it is.jpg", samples.huge_jpeg(640, 480), None
    )  # gray below, as every program shows it
    yield MalformedFile("no size.jpg", samples.huge_jpeg(0, 0), BROKEN)
    passes = encoded(samples.quarters(SIZE), progressive=True)
    last = passes.rindex(b"\xff\xda")
    yield MalformedFile("passes.jpg", passes[:last] + passes[last:-2] * 300 + passes[-2:], "more than 200 scans")
    yield MalformedFile("segments.jpg", plain[:2] + b"\xff\xe5\0\2" * 10_001 + plain[2:], "more than 10,000 segments")
    yield MalformedFile("stray.jpg", plain[:20] + bytes(70_000) + plain[20:], BROKEN)
    yield MalformedFile("exif loop.jpg", encoded(samples.quarters(SIZE), exif=_looping_exif()), None)
    yield MalformedFile("exif flood.jpg", encoded(samples.quarters(SIZE), exif=_exif(0x8769, 4, 0x0FFFFFFF, 8)), None)
    yield MalformedFile("exif beyond.jpg", encoded(samples.quarters(SIZE), exif=_exif(0x8769, 4, 1, 0xFFFFFFFF)), None)
    profile = samples.display_p3()
    yield MalformedFile(
        "heavy profile.jpg", encoded(samples.quarters(SIZE), icc_profile=profile.ljust(1_000_000, b"\0")), None
    )
    yield MalformedFile("broken profile.jpg", encoded(samples.quarters(SIZE), icc_profile=b"acsp" * 5000), None)
    yield MalformedFile("profile of inks.jpg", encoded(samples.quarters(SIZE), icc_profile=samples.gray_press()), None)


def _pngs() -> Iterator[MalformedFile]:
    plain = encoded(samples.quarters(SIZE), "PNG")
    yield MalformedFile("bomb.png", samples.huge_png(), LARGE)
    yield MalformedFile("tall.png", encoded(Image.new("L", (1, 60_000), 99), "PNG"), None)
    yield MalformedFile("wide.png", encoded(Image.new("L", (60_000, 1), 98), "PNG"), None)
    yield MalformedFile("taller.png", samples.huge_png(2, 70_000), "at most 65,535 per side")
    yield MalformedFile("larger than it is.png", _resized_png(plain, 640, 480), None)
    yield MalformedFile("smaller than it is.png", _resized_png(plain, 9, 9), None)
    yield MalformedFile("no size.png", _resized_png(plain, 0, 5), BROKEN)
    yield MalformedFile("wrong sum.png", plain[:40] + bytes([plain[40] ^ 255]) + plain[41:], BROKEN)
    yield MalformedFile("no head.png", plain[:8] + plain[33:], BROKEN)
    heavy = plain[:33] + chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(5_000_000))) + plain[33:]
    yield MalformedFile("heavy profile.png", heavy, None)
    words = plain[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(5_000_000))) + plain[33:]
    yield MalformedFile("words.png", words, None)
    yield MalformedFile(
        "pieces.png", plain[:33] + chunk(b"prVt", b"") * 100_001 + plain[33:], "more than 100,000 chunks"
    )


def _webps() -> Iterator[MalformedFile]:
    yield MalformedFile("bomb.webp", samples.huge_webp(16_000, 16_000), LARGE)
    yield MalformedFile("wider.webp", samples.huge_webp(16_384, 9), "at most 16,383 per side")
    yield MalformedFile("larger than it is.webp", samples.huge_webp(640, 480), BROKEN)
    yield MalformedFile("nothing in it.webp", b"RIFF\x04\0\0\0WEBP", BROKEN)
    yield MalformedFile("sound.webp", b"RIFF\x24\0\0\0WEBPfmt " + bytes(40), BROKEN)


def _gifs() -> Iterator[MalformedFile]:
    plain = bytearray(encoded(samples.quarters(SIZE), "GIF"))
    plain[6:10] = struct.pack("<HH", 65_535, 65_535)
    yield MalformedFile("bomb.gif", bytes(plain), LARGE)
    moving = samples.animation("GIF", SIZE)
    second = moving[moving.index(b"!\xf9", moving.index(b"!\xf9") + 4) : -1]
    yield MalformedFile("frames.gif", moving[:-1] + second * 5000 + b";", None)
    plain[6:10] = struct.pack("<HH", *SIZE)
    at = plain.index(b",", 13 + 3 * 2 ** ((plain[10] & 7) + 1))
    plain[at + 1 : at + 9] = struct.pack("<4H", 60_000, 60_000, 5000, 5000)
    yield MalformedFile("far away.gif", bytes(plain), LARGE)
    yield MalformedFile("nothing in it.gif", b"GIF89a\x05\0\x05\0\0\0\0;", "contains no image")
    yield MalformedFile("words.gif", b"GIF89a\x05\0\x05\0\0\0\0!\xfe" + (b"\xff" + bytes(255)) * 10_001, BROKEN)
    yield MalformedFile(
        "garbage.gif", b"GIF89a\x05\0\x05\0\0\0\0,\0\0\0\0\x05\0\x05\0\0\x0d\x05\xff\xff\xff\xff\xff\0;", BROKEN
    )


def _tiffs() -> Iterator[MalformedFile]:
    plain = samples.quarters(SIZE)

    def lying(**tags: list[int]) -> bytes:
        return tiff.tiff(plain, deflated=True, tags={int(tag[1:]): (tiff.LONG, value) for tag, value in tags.items()})

    yield MalformedFile("bomb.tif", lying(_256=[40_000], _257=[40_000]), r"megapixels|this large")
    yield MalformedFile("larger than it is.tif", lying(_256=[640], _257=[480], _278=[480]), BROKEN)
    yield MalformedFile("no size.tif", lying(_256=[0]), BROKEN)
    yield MalformedFile("wider.tif", lying(_256=[70_000], _257=[2], _278=[2]), "at most 65,535 per side")
    yield MalformedFile("pieces.tif", lying(_273=[16] * 200_001), "more than 200,000 strips or tiles")
    yield MalformedFile("elsewhere.tif", lying(_273=[0xFFFFFF00]), BROKEN)
    yield MalformedFile("tile bomb.tif", lying(_322=[60_000], _323=[60_000], _324=[16], _325=[9]), "this large")
    yield MalformedFile("beyond.tif", b"II*\0\xff\xff\xff\x7f" + bytes(99), BROKEN)
    for place in (2**62, 2**64 - 1):
        yield MalformedFile(f"beyond {place}.tif", b"II+\0\x08\0\0\0" + struct.pack("<Q", place) + bytes(99), BROKEN)
    yield MalformedFile("no tags.tif", tiff.tags_only({}), BROKEN)
    yield MalformedFile("raw.dng", tiff.tags_only({50706: (tiff.BYTE, [1, 4, 0, 0])}), "contains no preview image")
    yield MalformedFile("wavelets.tif", lying(_259=[34712]), "kind that cannot be processed: JPEG 2000")
    yield MalformedFile("many samples.tif", lying(_277=[4_000_000_000]), "samples of 8 bits per pixel")
    circle = bytearray(tiff.tiff(plain))
    page = struct.unpack("<L", circle[4:8])[0]
    tags = struct.unpack("<H", circle[page : page + 2])[0]
    circle[page + 2 + 12 * tags : page + 6 + 12 * tags] = struct.pack("<L", page)
    yield MalformedFile("circle.tif", bytes(circle), None)
    yield MalformedFile("exif loop.tif", tiff.tiff(plain, tags={34665: (tiff.LONG, [page])}), None)
    yield MalformedFile("exif beyond.tif", tiff.tiff(plain, tags={34665: (tiff.LONG, [0xFFFFFFF0])}), None)
    yield MalformedFile("profile.tif", tiff.tiff(plain, tags={34675: (tiff.UNDEFINED, [65] * 1_000_000)}), None)


def _heic_and_avif() -> Iterator[MalformedFile]:
    for form, ending in (("AVIF", "avif"), ("HEIC", "heic")):
        part = isobmff.encoded_part(samples.quarters(SIZE), form)
        large = isobmff.encoded_part(Image.new("RGB", (1024, 1024)), form)
        tile = isobmff.encoded_part(Image.new("RGB", (64, 64)), form)
        one = isobmff.grid(1, 1, 64, 64)
        yield MalformedFile(f"bomb.{ending}", container(form, part.with_declared_size(30_000, 30_000)), LARGE)
        yield MalformedFile(
            f"wider.{ending}", container(form, part.with_declared_size(70_000, 9)), "at most 65,535 per side"
        )
        yield MalformedFile(f"larger than declared.{ending}", container(form, large.with_declared_size(64, 64)), BROKEN)
        yield MalformedFile(f"no size.{ending}", container(form, part.with_declared_size(0, 0)), BROKEN)
        lying = isobmff.grid(1, 1, 60_000, 60_000).with_declared_size(64, 64)
        yield MalformedFile(f"grid bomb.{ending}", container(form, lying, tile, references=[(b"dimg", 1, [2])]), BROKEN)
        missing = container(form, isobmff.grid(9, 9, 576, 576), tile, references=[(b"dimg", 1, [2])])
        yield MalformedFile(f"missing tiles.{ending}", missing, BROKEN)
        yield MalformedFile(
            f"circle.{ending}", container(form, one, one, references=[(b"dimg", 1, [2]), (b"dimg", 2, [1])]), BROKEN
        )
        overlay = isobmff.Part(b"iovl", bytes(99)).with_declared_size(64, 64)
        yield MalformedFile(f"overlay.{ending}", container(form, overlay), "composed of several overlaid images")
        head = container(form, part)[:24]
        yield MalformedFile(f"name only.{ending}", head, "no still image")
        yield MalformedFile(f"flood.{ending}", head + isobmff.box(b"free", b"") * 20_000, "no still image")
        yield MalformedFile(
            f"endless.{ending}",
            head + struct.pack(">I4sQ", 1, b"meta", 2**63),
            BROKEN + "|structure that is not supported",
        )
        yield MalformedFile(
            f"codes nothing.{ending}", container(form, isobmff.Part(part.kind, b"", part.properties)), BROKEN
        )
        block = samples.exif(6, camera=("Canon", "Canon EOS 40D")).tobytes()
        declared = encoded(samples.quarters(SIZE), form, exif=block)
        yield MalformedFile(f"broken exif.{ending}", declared.replace(b"II*\0", b"II*\1"), None)


def _polyglots() -> Iterator[MalformedFile]:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("run.sh", "echo")
    script = b"<script>alert(1)</script>"
    for form, ending in (("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp"), ("AVIF", "avif")):
        yield MalformedFile(f"zipped.{ending}", encoded(samples.quarters((60, 50)), form) + archive.getvalue(), None)
    yield MalformedFile("script.jpg", encoded(samples.quarters(SIZE), comment=script), None)
    yield MalformedFile("paper too.jpg", encoded(samples.quarters(SIZE), comment=b"%PDF-1.7"), None)
    yield MalformedFile("script.gif", encoded(samples.quarters(SIZE), "GIF", comment=script), None)


def _truncated() -> Iterator[MalformedFile]:
    noise = Image.effect_noise((200, 150), 80).convert("RGB")
    for form in ("AVIF", "GIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"):
        for share in (0.05, 0.5, 0.9):
            half = samples.truncated(encoded(noise, form), share)
            decoded = form in {"GIF", "JPEG", "PNG", "TIFF"} or (form == "WEBP" and share > 0.05)
            yield MalformedFile(f"{share:.0%} of it.{form.lower()}", half, None if decoded else BROKEN)


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _resized_png(data: bytes, width: int, height: int) -> bytes:
    return data[:8] + chunk(b"IHDR", struct.pack(">II", width, height) + data[24:29]) + data[33:]


def _exif(tag: int, kind: int, count: int, value: int) -> bytes:
    """An EXIF block with one tag."""
    return b"Exif\0\0II*\0" + struct.pack("<LHHHLLL", 8, 1, tag, kind, count, value, 0)


def _looping_exif() -> bytes:
    """An EXIF block that refers to itself as sub-IFD and as next IFD."""
    return b"Exif\0\0II*\0" + struct.pack("<LHHHLLL", 8, 1, 0x8769, 4, 1, 8, 8)
