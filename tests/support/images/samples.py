"""Generated test images: oriented, with profiles, transparent, 16-bit, animated, truncated and malformed.

The plain picture has four fields, so that any turn or mirroring shows: as seen, red and green above,
blue and yellow below.
"""

import struct
import zlib
from io import BytesIO

import pillow_heif
import pillow_jxl  # noqa: F401 registers its encoder with Pillow
from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

RED, GREEN, BLUE, YELLOW = (230, 20, 20), (20, 180, 40), (20, 40, 220), (240, 220, 20)
CORNERS = (RED, GREEN, BLUE, YELLOW)  # upper left, upper right, lower left, lower right

# What must be done to an upright picture so that EXIF's orientation undoes it.
_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}

TEXT = b"Holiday list: sun cream, books, a jar.\n"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>\n'
SECRET = "48 Secret Lane"  # in EXIF, XMP and comments; must not be in any output


def quarters(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """The standard test image: four colored quarters."""
    image = Image.new("RGB", size, YELLOW)
    x, y = size[0] // 2, size[1] // 2
    for color, box in zip(CORNERS, ((0, 0, x, y), (x, 0, size[0], y), (0, y, x, size[1])), strict=False):
        image.paste(color, box)
    return image.convert(mode)


def corners(image: Image.Image) -> tuple[tuple[int, ...], ...]:
    """The colors at the centers of the four quarters, in the order of CORNERS."""
    return tuple(color_at(image, image.width * x // 4, image.height * y // 4) for y in (1, 3) for x in (1, 3))


def color_at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """Red, green and blue of one pixel."""
    return tuple(image.crop((x, y, x + 1, y + 1)).convert("RGB").tobytes())


def exif(
    orientation: int | None = None,
    taken: str | None = None,
    offset: str | None = None,
    camera: tuple[str, str] | None = None,
    *,
    place: bool = False,
) -> Image.Exif:
    """An EXIF block; `place` adds GPS and a description that must not appear in derivatives."""
    block = Image.Exif()
    if orientation is not None:
        block[Base.Orientation] = orientation
    if camera is not None:
        block[Base.Make], block[Base.Model] = camera
    details = block.get_ifd(IFD.Exif)
    if taken is not None:
        details[Base.DateTimeOriginal] = taken
    if offset is not None:
        details[Base.OffsetTimeOriginal] = offset
    if place:
        block[Base.ImageDescription] = SECRET
        gps = block.get_ifd(IFD.GPSInfo)
        gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "N", (48.0, 8.0, 14.0)
        gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "E", (11.0, 34.0, 31.0)
    return block


def encoded(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    """Encode in this format; high quality, WebP lossless, unless options say otherwise."""
    quality: dict[str, dict[str, object]] = {
        "JPEG": {"quality": 95},
        "WEBP": {"lossless": True},
        "AVIF": {"quality": 95, "speed": 10},
        "JPEG XL": {"quality": 95, "effort": 1},
        "HEIC": {"quality": 95, "enc_params": {"preset": "ultrafast"}},
    }
    options = {**quality.get(form, {}), **options}
    block = options.get("exif")
    if isinstance(block, Image.Exif):
        options["exif"] = block.tobytes()  # of an Exif, Pillow leaves out the inner blocks in a TIFF
    data = BytesIO()
    if form == "HEIC":  # its pixels as they are, with boxes to turn them as EXIF says
        pillow_heif.encode(image.mode, image.size, image.tobytes(), data, **options)
    else:
        image.save(data, {"JPEG XL": "JXL"}.get(form, form), **options)
    return data.getvalue()


def oriented(orientation: int, size: tuple[int, int] = (640, 480), form: str = "JPEG") -> bytes:
    """An image stored so that this orientation displays it as `quarters(size)`."""
    image = quarters(size)
    if orientation in _STORED:
        image = image.transpose(_STORED[orientation])
    return encoded(image, form, exif=exif(orientation))


def with_metadata(form: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    """An image with metadata that derivatives must not contain: GPS, description, XMP, a comment, and a profile."""
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>{SECRET}</place></x:xmpmeta>'.encode()
    options: dict[str, object] = {"exif": exif(camera=("Canon", "Canon EOS 40D"), place=True)}
    options["icc_profile"] = display_p3()
    if form == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", SECRET)
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        options["pnginfo"] = text
    else:
        options["xmp"] = xmp
    if form == "JPEG":
        options["comment"] = SECRET.encode()
    return encoded(quarters(size), form, **options)


def transparent(size: tuple[int, int] = (640, 480), form: str = "PNG") -> bytes:
    """A green square on a transparent background that hides pink pixels."""
    image = Image.new("RGBA", size, (255, 0, 255, 0))
    x, y = size
    image.paste((*GREEN, 255), (x // 4, y // 4, x - x // 4, y - y // 4))
    # Written so that the pink stays where it is.
    exact: dict[str, dict[str, object]] = {
        "WEBP": {"exact": True},
        "AVIF": {"subsampling": "4:4:4"},
        "HEIC": {"chroma": 444},
    }
    return encoded(image, form, **exact.get(form, {}))


def palette(size: tuple[int, int] = (640, 480)) -> bytes:
    """A PNG with a palette whose first color, the upper left quarter, is transparent."""
    image = quarters(size).quantize(8, dither=Image.Dither.NONE)
    clear = image.getpixel((0, 0))
    return encoded(image, "PNG", transparency=clear)


def sixteen_bit_gray(size: tuple[int, int] = (64, 48)) -> bytes:
    """A gray PNG with 16 bits per pixel: a ramp from black to white, left to right."""
    row = struct.pack(f">{size[0]}H", *(x * 65535 // (size[0] - 1) for x in range(size[0])))
    return _png(*size, depth=16, colors=0, data=zlib.compress((b"\0" + row) * size[1]))


def animation(form: str = "WEBP", size: tuple[int, int] = (320, 240)) -> bytes:
    """An animation of two frames: the quarters, then black."""
    frames = [Image.new("RGB", size)]
    return encoded(quarters(size), form, save_all=True, append_images=frames, duration=100)


def multi_picture(size: tuple[int, int] = (640, 480)) -> bytes:
    """A multi-picture JPEG (MPO), as two-lens cameras write it: the quarters, then black."""
    return encoded(quarters(size), "MPO", save_all=True, append_images=[Image.new("RGB", size)])


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few KB that declares this size."""
    return _png(width, height, depth=1, colors=0, data=zlib.compress(bytes(4_000_000), 9))


def huge_jpeg(width: int, height: int, *, progressive: bool = False, subsampling: str = "4:2:0") -> bytes:
    """A small JPEG whose frame header declares this size."""
    data = bytearray(encoded(quarters((16, 16)), progressive=progressive, subsampling=subsampling))
    frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def huge_webp(width: int, height: int) -> bytes:
    """A small WebP whose canvas declares this size."""
    data = bytearray(encoded(quarters((16, 16)), "WEBP", exif=exif(1)))
    at = data.index(b"VP8X") + 12
    data[at : at + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


def truncated(data: bytes, share: float = 0.6) -> bytes:
    """The first part of a file."""
    return data[: int(len(data) * share)]


def display_p3() -> bytes:
    """Display P3, the profile of most phones: its primaries adapted to D50, with the curve of sRGB."""
    return _rgb_profile(((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)), _srgb_curve())


def adobe_rgb() -> bytes:
    """Adobe RGB (1998), the wide setting of most cameras."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, 0x0233)
    return _rgb_profile(((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), curve)


def plain_srgb() -> bytes:
    """sRGB, as a profile that differs from the standard one in its bytes."""
    return _rgb_profile(((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)), _srgb_curve())


def linear_gray() -> bytes:
    """Linear gray: a stored 128 is displayed as 188."""
    return _profile(b"GRAY", b"XYZ ", {b"kTRC": b"curv" + bytes(4) + struct.pack(">I", 0)})


def gray_press() -> bytes:
    """A CMYK profile that maps every color to the same middle gray (L* 50)."""
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table += bytes(range(256)) * 4 + bytes([128, 128, 128]) * 16 + bytes(range(256)) * 3
    return _profile(b"CMYK", b"Lab ", {b"A2B0": table}, device=b"prtr")


def _srgb_curve() -> bytes:
    return b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def _rgb_profile(primaries: tuple[tuple[float, float, float], ...], curve: bytes) -> bytes:
    tags = {b"rgb"[i : i + 1] + b"XYZ": b"XYZ " + bytes(4) + _fixed(*primary) for i, primary in enumerate(primaries)}
    return _profile(b"RGB ", b"XYZ ", tags | {name + b"TRC": curve for name in (b"r", b"g", b"b")})


def _profile(colors: bytes, connection: bytes, tags: dict[bytes, bytes], device: bytes = b"mntr") -> bytes:
    """An ICC profile with these tags and the required white point."""
    white = _fixed(0.9642, 1.0, 0.8249)
    tags = {b"wtpt": b"XYZ " + bytes(4) + white, **tags}
    offset, entries, body = 132 + 12 * len(tags), b"", b""
    for name, value in tags.items():
        entries += name + struct.pack(">II", offset + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(">I4sI4s4s4s", offset + len(body), b"", 0x04300000, device, colors, connection)
    head += bytes(12) + b"acsp" + bytes(28) + white
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + entries + body


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _png(width: int, height: int, *, depth: int, colors: int, data: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colors, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    )
