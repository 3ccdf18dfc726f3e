"""Colours as a file stores them, brought to sRGB in one of three plain modes (L, RGB, RGBA), and to what is written.

Two steps in, because what lies between them is cheaper on fewer pixels: `plain` gives pixels that can be
averaged, `managed` applies the profile, after the picture has been made smaller. Out, what a format cannot hold
is done without: `on_white` transparency, `indexed` all but 256 colours.
"""

from io import BytesIO
from typing import cast

from PIL import Image, ImageCms

# Colours that differ by this much of 255 at most are the same to an eye: nearly every profile of a web
# picture is sRGB under another name, and carrying it out would double the work on the photo.
SAME = 2
_STEPS = (0, 51, 102, 153, 204, 255)
_RAMP = bytes(range(256))


def plain(image: Image.Image) -> Image.Image:
    """Pixels in L, RGB or RGBA, or CMYK as it stands: no palette, 8 bits, what is transparent in the alpha channel."""
    if image.mode.startswith("I"):
        # Pillow's own conversion cuts off at 255 instead of scaling, and can reckon in one order of bytes only.
        ordered = image.convert("I") if image.mode == "I;16B" else image
        return ordered.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.mode == "La":
        image = image.convert("LA")
    if "transparency" in image.info or image.mode in {"PA", "LA", "RGBa"}:
        return image.convert("RGBA")
    if image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def levelled(image: Image.Image) -> Image.Image:
    """Greys of 32 bits in 8, from the darkest to the brightest, for white can be any number; others as they are."""
    if image.mode not in {"I", "F"}:
        return image
    darkest, brightest = cast("tuple[float, float]", image.getextrema())
    scale = 255 / (brightest - darkest) if brightest > darkest else 1.0
    return image.point(lambda value: value * scale + (0.5 - darkest * scale)).convert("L")


def cleared(image: Image.Image) -> Image.Image:
    """A plain image without colours beneath what is wholly transparent: they would bleed, or tell what was erased."""
    return image.convert("RGBa").convert("RGBA") if image.mode == "RGBA" else image


def managed(image: Image.Image, profile: object) -> Image.Image:
    """A plain image in sRGB, in place where it can be; a profile that is broken or of other colours counts as none."""
    transform = _transform(image.mode, profile) if isinstance(profile, bytes) else None
    if transform is None:
        return image.convert("RGB") if image.mode == "CMYK" else image
    if image.mode == "L":
        return image.point(_ramp(transform))
    if image.mode == "CMYK":
        return ImageCms.applyTransform(image, transform) or image
    if not _changes(image.mode, transform):
        return image
    ImageCms.applyTransform(image, transform, inPlace=True)
    return image


def on_white(image: Image.Image) -> Image.Image:
    """A plain image as it looks on white paper."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image)
    return paper


def indexed(image: Image.Image) -> Image.Image:
    """A plain image in 256 colours at most, of which one is transparent where the image is so by half or more."""
    if image.mode == "L":
        return image
    if image.mode == "RGB":
        return image.quantize(256)
    opaque = image.getchannel("A").point(lambda alpha: 255 if alpha >= 128 else 0)
    if opaque.getextrema() == (255, 255):
        return image.convert("RGB").quantize(256)
    few = image.convert("RGB").quantize(255)
    few.paste(255, mask=opaque.point(lambda alpha: 255 - alpha))
    few.info["transparency"] = 255
    return few


def _transform(mode: str, profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """The way from a profile to sRGB, or None where it does not fit the image's mode or is no profile."""
    target = "RGB" if mode in {"L", "CMYK"} else mode
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != {"L": "GRAY", "CMYK": "CMYK"}.get(mode, "RGB"):
            return None
        # lcms's cache of the last pixel costs more than it saves on photographs.
        return ImageCms.buildTransform(
            source, ImageCms.createProfile("sRGB"), mode, target, flags=ImageCms.Flags.NOCACHE
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _changes(mode: str, transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a transform changes any of 216 colours, evenly spread, to an eye."""
    colours = bytes(value for r in _STEPS for g in _STEPS for b in _STEPS for value in (r, g, b))
    before = Image.frombytes("RGB", (len(colours) // 3, 1), colours).convert(mode)
    after = ImageCms.applyTransform(before, transform)
    if after is None:
        return False
    pairs = zip(before.convert("RGB").tobytes(), after.convert("RGB").tobytes(), strict=True)
    return any(abs(a - b) > SAME for a, b in pairs)


def _ramp(transform: ImageCms.ImageCmsTransform) -> list[int]:
    """What a transform makes of each of the 256 greys."""
    ramp = ImageCms.applyTransform(Image.frombytes("L", (256, 1), _RAMP), transform)
    return list((ramp.convert("L") if ramp else Image.frombytes("L", (256, 1), _RAMP)).tobytes())
