"""What of a picture is shown, and how large: half of it, the frames it fits in, the thumbnail's square, the way up.

Pure geometry over pixels as they are stored; they are turned last, when they are few. `size` is always
that of the original as stored, while the pixels may be its halves already.
"""

from PIL import Image
from PIL.Image import Resampling, Transpose

from chalicelib.images import color

THUMBNAIL_SIDE = 150
PREVIEW_SIDE = 1600
SMALL_SIDE = 640

STRIP_ROWS = 256  # even, so that no pair of rows is torn apart

_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def halves_serve(size: tuple[int, int]) -> bool:
    """Whether preview and thumbnail can be made from the halves without blowing anything up."""
    return max(size) // 2 >= PREVIEW_SIDE and min(size) // 2 >= THUMBNAIL_SIDE


def halved(stored: Image.Image) -> Image.Image:
    """Half of both sides, rounded up, each pixel the mean of four; by strips, so that no whole copy ever exists."""
    half: Image.Image | None = None
    for top in range(0, stored.height, STRIP_ROWS):
        strip = stored.crop((0, top, stored.width, min(top + STRIP_ROWS, stored.height)))
        strip = color.plain(strip).reduce(2)
        half = half or Image.new(strip.mode, (strip.width, (stored.height + 1) // 2))
        half.paste(strip, (0, top // 2))
    return half or stored


def fitted(pixels: Image.Image, size: tuple[int, int], side: int, *, gap: float = 2.0) -> Image.Image:
    """The picture within `side` both ways, never blown up: the very pixels given where they are that already."""
    scale = min(1.0, side / max(size))
    wanted = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    if wanted == pixels.size:
        return pixels
    # Bicubic: three quarters of Lanczos's time and 0.25 dB from it (41.4 and 41.6 dB to a Lanczos of all
    # pixels, 12 MP). A gap of 2 lets Pillow average whole pixels first where there are many to one; a smaller
    # one lets it do so sooner.
    return pixels.resize(wanted, Resampling.BICUBIC, reducing_gap=gap)


def thumbnail(pixels: Image.Image, size: tuple[int, int], *, alpha: bool) -> Image.Image:
    """The square cut from the middle that covers the thumbnail; never blown up, so a short side leaves a plain field.

    A picture that is long one way and short the other is cut the one way and stands free the other, as one
    a few pixels taller would. The field is transparent where the format has alpha, else white.
    """
    scale = min(1.0, THUMBNAIL_SIDE / min(size))
    shown = (min(THUMBNAIL_SIDE, round(size[0] * scale)), min(THUMBNAIL_SIDE, round(size[1] * scale)))
    if scale == 1.0:
        x, y = (size[0] - shown[0]) // 2, (size[1] - shown[1]) // 2
        content = pixels.crop((x, y, x + shown[0], y + shown[1]))
    else:
        side = min(pixels.size)
        left, top = (pixels.width - side) / 2, (pixels.height - side) / 2
        box = (left, top, left + side, top + side)
        content = pixels.resize(shown, Resampling.BICUBIC, box=box, reducing_gap=2.0)
    if shown == (THUMBNAIL_SIDE, THUMBNAIL_SIDE):
        return content
    alpha = alpha or content.mode == "RGBA"  # what has none of its own is put on paper when it is written
    content = content.convert("RGBA" if alpha else "RGB")
    field = Image.new(content.mode, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), (255, 255, 255, 0) if alpha else (255, 255, 255))
    field.paste(content, ((THUMBNAIL_SIDE - shown[0]) // 2, (THUMBNAIL_SIDE - shown[1]) // 2))
    return field


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The image as it is to be seen; `orientation` is EXIF's 1 to 8."""
    turn = _UPRIGHT.get(orientation)
    return image if turn is None else image.transpose(turn)
