"""A corpus: images in every format and encoding that can be written here, each with its expected appearance.

All are small, and all are different, for the same file twice is one photo. `malformed.py` has the other sort.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pillow_heif
from PIL import Image, ImageChops, ImageCms

from tests.support.images import isobmff, tiff
from tests.support.images import samples as samples_
from tests.support.images.samples import encoded

SIZE = (180, 160)
LOSSY = 30
COARSE = 60


@dataclass(frozen=True)
class Sample:
    """A file: its name (which may be misleading), bytes, format, expected pixels, and tolerance."""

    name: str
    data: bytes
    form: str
    seen: Image.Image
    tolerance: int = LOSSY


def in_mode(mode: str) -> Image.Image:
    """The quarters in this mode; with alpha, the first is transparent."""
    plain = samples_.quarters(SIZE)
    gray = plain.convert("L")
    clear = Image.new("L", SIZE, 255)
    clear.paste(0, (0, 0, SIZE[0] // 2, SIZE[1] // 2))
    if mode == "1":
        return gray.point(lambda value: 255 if value > 100 else 0).convert("1")
    if mode in {"LA", "RGBA"}:
        image = plain.convert(mode)
        image.putalpha(clear)
        return image
    if mode in {"P", "PA"}:
        image = plain.quantize(8, dither=Image.Dither.NONE)
        if mode == "PA":
            image = image.convert("PA")
            image.putalpha(clear)
        return image
    if mode in {"I;16", "I;16B"}:
        return Image.frombytes(mode, SIZE, tiff.to_16_bits(gray.tobytes()))
    if mode in {"I", "F"}:
        return gray.convert(mode).point(lambda value: value * 257)
    if mode == "LAB":
        lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
        return ImageCms.applyTransform(plain, lab) or plain
    return plain.convert(mode)


def expected_pixels(mode: str) -> Image.Image:
    """The expected pixels for this mode, in RGB or RGBA."""
    gray = samples_.quarters(SIZE).convert("L")
    if mode in {"I;16", "I;16B", "I"}:
        return gray.convert("RGB")
    if mode in {"LAB", "P"}:
        return samples_.quarters(SIZE)
    if mode == "PA":
        return in_mode("RGBA")
    image = in_mode(mode)
    return image.convert("RGBA" if mode in {"LA", "RGBA"} else "RGB")


def scaled_gray() -> Image.Image:
    """The quarters in gray, from black to white."""
    gray = samples_.quarters(SIZE).convert("L")
    low, high = min(gray.tobytes()), max(gray.tobytes())
    return gray.point(lambda value: (value - low) * 255 / (high - low)).convert("RGB")


def all_samples() -> Iterator[Sample]:
    """Every file of the corpus."""
    yield from _jpegs()
    yield from _pngs()
    yield from _webps()
    yield from _gifs()
    yield from _tiffs()
    yield from _avifs()
    yield from _heics()
    yield from _jxls()


def _oriented(form: str, ending: str) -> Iterator[Sample]:
    for orientation in range(2, 9):
        data = samples_.oriented(orientation, SIZE, form)
        yield Sample(f"turned-{orientation}.{ending}", data, form, samples_.quarters(SIZE))


def _jpegs() -> Iterator[Sample]:
    for mode in ("1", "L", "RGB", "CMYK", "YCbCr"):
        tolerance = COARSE if mode == "CMYK" else LOSSY
        for progressive in (False, True):
            data = encoded(in_mode(mode), progressive=progressive)
            yield Sample(f"{mode}-{progressive}.jpg", data, "JPEG", expected_pixels(mode), tolerance)
    plain = samples_.quarters(SIZE)
    ways: dict[str, dict[str, object]] = {
        "444.jpeg": {"subsampling": "4:4:4"},
        "422.JPG": {"subsampling": "4:2:2"},
        "411.jpe": {"subsampling": "4:1:1", "quality": 94},
        "rgb.jpg": {"keep_rgb": True},
        "poor.png": {"quality": 20},
        "best.webp": {"quality": 100, "subsampling": 0},
        "optimized.jfif": {"optimize": True},
        "restarts.jpg": {"restart_marker_blocks": 4},
        "dense.jpg": {"dpi": (300, 300)},
        "comment.jpg": {"comment": samples_.SECRET},
        "srgb.jpg": {"icc_profile": samples_.plain_srgb()},
    }
    for name, options in ways.items():
        yield Sample(name, encoded(plain, "JPEG", **options), "JPEG", plain)
    yield Sample("telling.jpg", samples_.with_metadata(size=SIZE), "JPEG", plain, COARSE)
    yield Sample("many.mpo", samples_.multi_picture(SIZE), "JPEG", plain)
    yield Sample("no ending", encoded(plain, quality=91), "JPEG", plain)
    yield from _oriented("JPEG", "jpg")


def _pngs() -> Iterator[Sample]:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        yield Sample(f"{mode}.png", encoded(in_mode(mode), "PNG"), "PNG", expected_pixels(mode))
    plain, palette = samples_.quarters(SIZE), in_mode("P")
    for entries in (16, 256):
        longer = palette.copy()
        longer.putpalette((palette.getpalette() or [])[:12] + [0] * 3 * (entries - 4))
        yield Sample(f"palette-{entries}.png", encoded(longer, "PNG"), "PNG", plain)
    two = in_mode("1").convert("L").quantize(2)
    yield Sample("palette-2.png", encoded(two, "PNG"), "PNG", expected_pixels("1"))
    for bits in (2, 4):
        few = in_mode("L").point(lambda value, most=(1 << bits) - 1: round(value * most / 255))
        yield Sample(f"L-{bits}.png", encoded(few, "PNG", bits=bits), "PNG", expected_pixels("L"), COARSE)
    clear = in_mode("RGBA")
    first = palette.getpixel((0, 0))
    yield Sample("palette-clear.jpg", encoded(palette, "PNG", transparency=first), "PNG", clear)
    yield Sample("color-clear.png", encoded(plain, "PNG", transparency=samples_.RED), "PNG", clear)
    gray = in_mode("L")
    yield Sample(
        "gray-clear.png", encoded(gray, "PNG", transparency=gray.getpixel((0, 0))), "PNG", in_mode("LA").convert("RGBA")
    )
    for depth, colors in ((8, 2), (16, 2), (16, 6), (16, 4)):
        mode = {2: "RGB", 6: "RGBA", 4: "LA"}[colors]
        for interlaced in (False, True):
            data = png(in_mode(mode), depth, colors, interlaced=interlaced)
            yield Sample(f"{mode}-{depth}-{interlaced}.png", data, "PNG", expected_pixels(mode))
    yield Sample("stored.png", encoded(plain, "PNG", compress_level=0), "PNG", plain)
    yield Sample("optimized.png", encoded(plain, "PNG", optimize=True, dpi=(72, 72)), "PNG", plain)
    yield Sample("telling.heic", samples_.with_metadata("PNG", SIZE), "PNG", plain, COARSE)
    yield Sample("moving.apng", samples_.animation("PNG", SIZE), "PNG", plain)
    yield from _oriented("PNG", "png")


def _webps() -> Iterator[Sample]:
    for mode in ("L", "RGB", "RGBA"):
        for lossless in (False, True):
            data = encoded(in_mode(mode), "WEBP", lossless=lossless)
            yield Sample(f"{mode}-{lossless}.webp", data, "WEBP", expected_pixels(mode), COARSE)
    plain = samples_.quarters(SIZE)
    yield Sample("slow.webp", encoded(plain, "WEBP", lossless=False, method=6, quality=95), "WEBP", plain)
    yield Sample("exact.gif", encoded(in_mode("RGBA"), "WEBP", exact=True, quality=50), "WEBP", in_mode("RGBA"))
    yield Sample(
        "alpha.webp", encoded(in_mode("RGBA"), "WEBP", lossless=False, alpha_quality=50), "WEBP", in_mode("RGBA")
    )
    yield Sample("telling.webp", samples_.with_metadata("WEBP", SIZE), "WEBP", plain, COARSE)
    yield Sample("moving.webp", samples_.animation("WEBP", SIZE), "WEBP", plain)
    yield from _oriented("WEBP", "webp")


def _gifs() -> Iterator[Sample]:
    for mode in ("1", "L", "P", "RGBA"):
        for interlace in (0, 1):
            yield Sample(
                f"{mode}-{interlace}.gif",
                encoded(in_mode(mode), "GIF", interlace=interlace),
                "GIF",
                expected_pixels(mode),
            )
    plain, palette = samples_.quarters(SIZE), in_mode("P")
    clear = encoded(palette, "GIF", transparency=palette.getpixel((0, 0)))
    yield Sample("clear.gif", clear, "GIF", in_mode("RGBA"))
    yield Sample("comment.jpg", encoded(palette, "GIF", comment=samples_.SECRET.encode()), "GIF", plain)
    yield Sample("moving.gif", samples_.animation("GIF", SIZE), "GIF", plain)
    for disposal in (1, 2, 3):
        data = encoded(plain, "GIF", save_all=True, append_images=[Image.new("RGB", SIZE)], disposal=disposal)
        yield Sample(f"disposed-{disposal}.gif", data, "GIF", plain)
    screen = bytearray(encoded(palette, "GIF", interlace=0))
    screen[6:10] = struct.pack("<HH", 50, 40)
    yield Sample("beyond its screen.gif", bytes(screen), "GIF", plain)


def _tiffs() -> Iterator[Sample]:
    plain = samples_.quarters(SIZE)
    for mode in ("1", "L", "LA", "P", "PA", "I;16", "I;16B", "RGB", "RGBX", "RGBA", "CMYK", "YCbCr", "LAB"):
        tolerance = COARSE if mode in {"CMYK", "LAB"} else LOSSY
        yield Sample(f"{mode}.tif", encoded(in_mode(mode), "TIFF"), "TIFF", expected_pixels(mode), tolerance)
    for mode in ("I", "F"):
        yield Sample(f"{mode}.tiff", encoded(in_mode(mode), "TIFF"), "TIFF", scaled_gray())
    for kind in ("tiff_lzw", "tiff_deflate", "packbits", "jpeg", "zstd", "lzma"):
        for mode in ("L", "RGB"):
            data = encoded(in_mode(mode), "TIFF", compression=kind)
            yield Sample(f"{kind}-{mode}.tif", data, "TIFF", expected_pixels(mode))
    for mode in ("RGBA", "CMYK", "I;16", "F"):
        look = scaled_gray() if mode == "F" else expected_pixels(mode)
        yield Sample(f"lzw-{mode}.tif", encoded(in_mode(mode), "TIFF", compression="tiff_lzw"), "TIFF", look, COARSE)
    for kind in ("group3", "group4", "tiff_ccitt"):
        yield Sample(f"{kind}.tif", encoded(in_mode("1"), "TIFF", compression=kind), "TIFF", expected_pixels("1"))
    for order in "<>":
        for mode in ("L", "RGB", "RGBA", "CMYK"):
            data = tiff.tiff(in_mode(mode), order=order, depth=16, deflated=mode == "RGB")
            yield Sample(f"deep-{ord(order)}-{mode}.tif", data, "TIFF", expected_pixels(mode), COARSE)
        yield Sample(f"tiled-{ord(order)}.tif", tiff.tiff(plain, order=order, tile=64), "TIFF", plain)
        yield Sample(f"planes-{ord(order)}.tif", tiff.tiff(plain, order=order, planar=True), "TIFF", plain)
    yield Sample("tiled planes.tif", tiff.tiff(plain, tile=48, planar=True, deflated=True), "TIFF", plain)
    yield Sample("big.tif", tiff.tiff(plain, large=True), "TIFF", plain)
    yield Sample("big.tf8", encoded(plain, "TIFF", big_tiff=True), "TIFF", plain)
    negative = tiff.tiff(ImageChops.invert(in_mode("L")), tags={262: (tiff.SHORT, [0])})
    yield Sample("negative.tif", negative, "TIFF", expected_pixels("L"))
    pages = [Image.new("RGB", (20, 3000)), Image.new("L", (5, 5))]
    yield Sample("pages.tif", encoded(plain, "TIFF", save_all=True, append_images=pages), "TIFF", plain)
    yield Sample("telling.jpg", samples_.with_metadata("TIFF", SIZE), "TIFF", plain, COARSE)
    yield from _oriented("TIFF", "tiff")


def _avifs() -> Iterator[Sample]:
    for mode in ("L", "RGB", "RGBA"):
        for subsampling in ("4:0:0", "4:2:0", "4:2:2", "4:4:4"):
            if subsampling == "4:0:0" and mode != "L":
                continue
            data = encoded(in_mode(mode), "AVIF", subsampling=subsampling)
            yield Sample(f"{mode}-{subsampling[2:]}.avif", data, "AVIF", expected_pixels(mode))
    plain = samples_.quarters(SIZE)
    yield Sample("limited.avif", encoded(plain, "AVIF", range="limited"), "AVIF", plain)
    yield Sample("poor.avif", encoded(plain, "AVIF", quality=30), "AVIF", plain)
    yield Sample(
        "premultiplied.avif", encoded(in_mode("RGBA"), "AVIF", alpha_premultiplied=True), "AVIF", in_mode("RGBA")
    )
    yield Sample("telling.avif", samples_.with_metadata("AVIF", SIZE), "AVIF", plain, COARSE)
    yield Sample("moving.avif", samples_.animation("AVIF", SIZE), "AVIF", plain)
    general = bytearray(encoded(plain, "AVIF", quality=94))
    general[8:12] = b"mif1"
    yield Sample("general.heif", bytes(general), "AVIF", plain)
    part = isobmff.encoded_part(plain, "AVIF", quality=93)
    yield Sample("wide boxes.avif", isobmff.container("AVIF", part, wide=True), "AVIF", plain)
    yield Sample("grid.avif", _grid("AVIF"), "AVIF", samples_.quarters((120, 120)))
    yield from _oriented("AVIF", "avif")


def _jxls() -> Iterator[Sample]:
    plain = samples_.quarters(SIZE)
    for mode in ("L", "LA", "RGB", "RGBA"):
        for lossless in (False, True):
            name = f"{mode} {'lossless' if lossless else 'lossy'}.jxl"
            yield Sample(name, encoded(in_mode(mode), "JPEG XL", lossless=lossless), "JPEG XL", in_mode(mode))
    yield Sample("boxed.jxl", encoded(plain, "JPEG XL", use_container=True), "JPEG XL", plain)
    exif = samples_.exif(6, camera=("Canon", "Canon EOS 40D"), place=True)
    yield Sample("telling.jxl", encoded(plain, "JPEG XL", exif=exif), "JPEG XL", plain)


def _heics() -> Iterator[Sample]:
    for mode in ("L", "LA", "RGB", "RGBA"):
        for chroma in (420, 422, 444):
            if chroma == 420 or mode == "RGB":
                yield Sample(
                    f"{mode}-{chroma}.heic",
                    encoded(in_mode(mode), "HEIC", chroma=chroma),
                    "HEIC",
                    expected_pixels(mode),
                )
    plain = samples_.quarters(SIZE)
    data = BytesIO()
    pillow_heif.encode("RGB;16", SIZE, tiff.to_16_bits(plain.tobytes()), data, quality=95)
    yield Sample("ten bits.heic", data.getvalue(), "HEIC", plain)
    yield Sample("tiles.heic", encoded(plain, "HEIC", tile_size=64), "HEIC", plain)
    yield Sample("poor.heif", encoded(plain, "HEIC", quality=40), "HEIC", plain)
    yield Sample("telling.heic", samples_.with_metadata("HEIC", SIZE), "HEIC", plain, COARSE)
    general = bytearray(encoded(plain, "HEIC", quality=94))
    general[8:12] = b"mif1"
    yield Sample("general.avif", bytes(general), "HEIC", plain)
    part = isobmff.encoded_part(plain, "HEIC", quality=93)
    yield Sample("wide boxes.heic", isobmff.container("HEIC", part, wide=True), "HEIC", plain)
    yield Sample("grid.heic", _grid("HEIC"), "HEIC", samples_.quarters((120, 120)))
    yield from _oriented("HEIC", "heic")


def _grid(form: str) -> bytes:
    tiles = [isobmff.encoded_part(Image.new("RGB", (64, 64), color), form) for color in samples_.CORNERS]
    whole = isobmff.grid(2, 2, 120, 120)
    return isobmff.container(form, whole, *tiles, references=[(b"dimg", 1, [2, 3, 4, 5])])


_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png(image: Image.Image, depth: int, colors: int, *, interlaced: bool) -> bytes:
    """A PNG that Pillow can't write: 16 bits, or interlaced with Adam7 (PNG specification, 8.2)."""
    samples = len(image.getbands())
    rows = b""
    for x, y, right, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        width = len(range(x, image.width, right))
        for row in range(y, image.height, down):
            line = image.crop((0, row, image.width, row + 1)).tobytes()
            pixels = b"".join(line[at * samples : (at + 1) * samples] for at in range(x, image.width, right))
            rows += b"\0" + (tiff.to_16_bits(pixels) if depth == 16 else pixels) if width else b""
    head = struct.pack(">IIBBBBB", *image.size, depth, colors, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )
