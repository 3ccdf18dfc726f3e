"""Blocks of metadata byte by byte, and files that hold them: EXIF as Pillow would not write it, XMP, IPTC."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO

from PIL import Image

from tests.support.images.malformed import chunk

type Value = bytes | str | tuple[str, tuple[int, ...]]  # text, or a struct format and its numbers
type Directory = Mapping[int, Value]

ORIGINAL, DIGITIZED, MODIFIED, MAKE, MODEL = 0x9003, 0x9004, 0x0132, 0x010F, 0x0110
SUB_SECOND, SUB_SECOND_ORIGINAL, SUB_SECOND_DIGITIZED = 0x9290, 0x9291, 0x9292
OFFSET, OFFSET_ORIGINAL, OFFSET_DIGITIZED, TIME_ZONE = 0x9010, 0x9011, 0x9012, 0x882A
GPS_TIME, GPS_DATE = 7, 29
_TYPES = {"B": 1, "H": 3, "L": 4, "Q": 5, "h": 8, "l": 9}  # Q: a fraction as two numbers of 32 bits


def exif(
    main: Directory | None = None,
    details: Directory | None = None,
    gps: Directory | None = None,
    thumbnail: Directory | None = None,
    *,
    order: str = "<",
    prefix: bytes = b"Exif\0\0",
    shifted: int = 0,
) -> bytes:
    """An EXIF block; `shifted` is added to the offsets of its directories."""
    at = 8
    parts: list[tuple[int | None, int, bytes]] = []
    for kind, directory in ((0x8825, gps), (0x8769, details), (None, thumbnail), (0, main or {})):
        if directory is not None:
            pointers = {tag: ("L", (to + shifted,)) for tag, to, _ in parts if tag} if kind == 0 else {}
            following = next((to + shifted for tag, to, _ in parts if tag is None), 0) if kind == 0 else 0
            data = _directory({**directory, **pointers}, at, order, following)
            parts.append((kind, at, data))
            at += len(data)
    header = (b"II" if order == "<" else b"MM") + struct.pack(order + "HL", 42, parts[-1][1] + shifted)
    return prefix + header + b"".join(data for *_, data in parts)


def gps(date: str, hour: int, minute: int, second: int = 0) -> Directory:
    """The directory of the time of a GPS position."""
    return {GPS_DATE: date, GPS_TIME: ("Q", (hour, 1, minute, 1, second, 1))}


def xmp(attributes: str = "", elements: str = "", *, before: str = "") -> bytes:
    """An XMP packet with one description."""
    names = {"exif": "exif/1.0/", "xmp": "xap/1.0/", "photoshop": "photoshop/1.0/", "tiff": "tiff/1.0/",
             "aux": "exif/1.0/aux/"}  # fmt: skip
    spaces = " ".join(f'xmlns:{name}="http://ns.adobe.com/{end}"' for name, end in names.items())
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exifEX="http://cipa.jp/exif/1.0/"'
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{before}<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" {spaces} '
        f'{attributes}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def position(
    latitude: tuple[int, ...] = (41, 1, 24, 1, 30, 1),
    longitude: tuple[int, ...] = (2, 1, 10, 1, 0, 1),
    hemispheres: str = "NE",
    **others: Value,
) -> Directory:
    """A GPS directory with the fractions of degrees, minutes and seconds, and other tags by number: `_9="V"`."""
    own: Directory = {1: hemispheres[0], 2: ("Q", latitude), 3: hemispheres[1], 4: ("Q", longitude)}
    return {**own, **{int(name[1:]): value for name, value in others.items()}}


def items(name: str, *texts: str, language: str = "") -> str:
    """A property of XMP that is a list; `language` is that of the last text."""
    last = f' xml:lang="{language}"' if language else ""
    each = "".join(f"<rdf:li{last if text is texts[-1] else ''}>{text}</rdf:li>" for text in texts)
    return f"<{name}>\n <rdf:Bag>{each}</rdf:Bag>\n</{name}>"


def iptc(**datasets: str) -> bytes:
    """IPTC records, by the number of the dataset: `_55="20140901"`."""
    return b"".join(
        b"\x1c\x02" + struct.pack(">BH", int(number[1:]), len(text)) + text.encode()
        for number, text in datasets.items()
    )


def resources(number: int, block: bytes, name: bytes = b"") -> bytes:
    """Photoshop's image resources with one block, after another one."""
    title = bytes([len(name)]) + name + b"\0" * (1 - len(name) % 2)
    other = b"8BIM" + struct.pack(">H", 0x03ED) + b"\0\0" + struct.pack(">L", 3) + b"abc\0"
    return other + b"8BIM" + struct.pack(">H", number) + title + struct.pack(">L", len(block)) + block


def jpeg(*segments: tuple[int, bytes]) -> bytes:
    """A JPEG with these segments, by marker, before its own."""
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG")
    head = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments)
    return file.getvalue()[:2] + head + file.getvalue()[2:]


def png(*chunks: tuple[bytes, bytes], after_pixels: bool = False) -> bytes:
    """A PNG with these chunks before or after its pixels."""
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    data = file.getvalue()
    at = len(data) - 12 if after_pixels else 33
    return data[:at] + b"".join(chunk(name, body) for name, body in chunks) + data[at:]


def raw_profile(name: bytes, block: bytes) -> tuple[bytes, bytes]:
    """A block as ImageMagick writes it into a PNG: compressed text of hexadecimal digits."""
    digits = block.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{name.decode()}\n{len(block):8}\n{lines}\n".encode()
    return b"zTXt", b"Raw profile type " + name + b"\0\0" + zlib.compress(text)


def gif(xmp_packet: bytes) -> bytes:
    """A GIF with XMP behind its pixels."""
    file = BytesIO()
    Image.new("P", (8, 8)).save(file, "GIF")
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return file.getvalue()[:-1] + b"!\xff\x0bXMP DataXMP" + xmp_packet + trailer + b";"


def _directory(entries: Directory, at: int, order: str, following: int) -> bytes:
    values_at = at + 2 + 12 * len(entries) + 4
    table, values = struct.pack(order + "H", len(entries)), b""
    for tag, value in sorted(entries.items()):
        if isinstance(value, tuple):
            letter, numbers = value
            kind, count = _TYPES[letter], len(numbers) // (2 if letter == "Q" else 1)
            data = struct.pack(f"{order}{len(numbers)}{'L' if letter == 'Q' else letter}", *numbers)
        else:
            data = value.encode() + b"\0" if isinstance(value, str) else value
            kind, count = 2, len(data)
        if len(data) > 4:
            place = struct.pack(order + "L", values_at + len(values))
            values += data + b"\0" * (len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        table += struct.pack(order + "HHL", tag, kind, count) + place
    return table + struct.pack(order + "L", following) + values
