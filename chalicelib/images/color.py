"""Color conversion: from any mode and profile to sRGB (modes L, RGB, RGBA), and to what a format can hold.

Reading takes two steps, because scaling between them leaves fewer pixels for the second: `to_plain_mode` returns
pixels that can be averaged, `to_srgb` applies the profile. For writing, `flatten_on_white` removes transparency and
`quantize` reduces to 256 colors.
"""

from io import BytesIO
from typing import cast

from PIL import Image, ImageCms

from chalicelib.images import color_spaces, tone_mapping
from chalicelib.images.color_spaces import ColorSpace

# Differences up to this, of 255, are invisible: nearly every profile on the web is sRGB under another name, and
# applying it would double the work on the photo.
MAX_INVISIBLE_DIFFERENCE = 2
_STEPS = (0, 51, 102, 153, 204, 255)
_RAMP = bytes(range(256))


def to_plain_mode(image: Image.Image) -> Image.Image:
    """Convert to L, RGB, RGBA or CMYK: no palette, 8 bits, transparency in the alpha channel."""
    if image.mode.startswith("I"):
        # Pillow's own conversion clips at 255 instead of scaling, and handles one byte order only.
        ordered = image.convert("I") if image.mode == "I;16B" else image
        gray = ordered.point(lambda value: value * (1 / 257) + 0.5).convert("L")
        key = image.info.get("transparency")
        return gray if key is None else Image.merge("RGBA", (gray, gray, gray, _differs_from(image, key)))
    if image.mode == "La":
        image = image.convert("LA")
    if "transparency" in image.info or image.mode in {"PA", "LA", "RGBa"}:
        return image.convert("RGBA")
    if image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _differs_from(image: Image.Image, key: int) -> Image.Image:
    """The alpha channel of an image with 16 bits per pixel in which one gray is transparent."""
    opaque = [255] * 65_536
    opaque[key & 65_535] = 0
    return image.convert("I").point(opaque, "L")


def scale_to_8_bits(image: Image.Image) -> Image.Image:
    """Scale 32-bit gray to 8 bits, darkest to brightest (white can be any number); other modes are unchanged."""
    if image.mode not in {"I", "F"}:
        return image
    darkest, brightest = cast("tuple[float, float]", image.getextrema())
    scale = 255 / (brightest - darkest) if brightest > darkest else 1.0
    return image.point(lambda value: value * scale + (0.5 - darkest * scale)).convert("L")


def clear_transparent_pixels(image: Image.Image) -> Image.Image:
    """Clear the colors of fully transparent pixels: they would bleed when scaled, or disclose what was erased."""
    return image.convert("RGBa").convert("RGBA") if image.mode == "RGBA" else image


def to_srgb(image: Image.Image, profile: object, declared: ColorSpace | None = None) -> Image.Image:
    """Convert to sRGB, in place where possible, from the profile or else from the color space the file declares.

    A profile that is broken or does not match the mode is ignored.
    """
    transform = _transform(image.mode, profile) if isinstance(profile, bytes) else None
    if transform is None and declared is not None:
        if declared.hdr is not None:
            return _tone_map(image, tone_mapping.to_icc(declared))
        transform = _transform(image.mode, color_spaces.to_icc(declared, gray=image.mode == "L"))
    if transform is None:
        return image.convert("RGB") if image.mode == "CMYK" else image
    if image.mode == "L":
        return image.point(_ramp(transform))
    if image.mode == "CMYK":
        return ImageCms.applyTransform(image, transform) or image
    if not _changes_colors(image.mode, transform):
        return image
    ImageCms.applyTransform(image, transform, inPlace=True)
    return image


def _tone_map(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert HDR to sRGB with a profile for RGB; gray stays gray."""
    if image.mode == "L":
        return to_srgb(image.convert("RGB"), profile).getchannel("G")
    return to_srgb(image, profile)


def flatten_on_white(image: Image.Image) -> Image.Image:
    """Flatten transparency onto a white background."""
    if image.mode != "RGBA":
        return image
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(image, mask=image)
    return canvas


def quantize(image: Image.Image) -> Image.Image:
    """Reduce to 256 colors; alpha below one half becomes one transparent color."""
    if image.mode == "L":
        return image
    if image.mode == "RGB":
        return image.quantize(256)
    opaque = image.getchannel("A").point(lambda alpha: 255 if alpha >= 128 else 0)
    if opaque.getextrema() == (255, 255):
        return image.convert("RGB").quantize(256)
    palette_image = image.convert("RGB").quantize(255)
    palette_image.paste(255, mask=opaque.point(lambda alpha: 255 - alpha))
    palette_image.info["transparency"] = 255
    return palette_image


def _transform(mode: str, profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """The transform from a profile to sRGB, or None if it does not match the mode or is not a profile."""
    target = "RGB" if mode in {"L", "CMYK"} else mode
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != {"L": "GRAY", "CMYK": "CMYK"}.get(mode, "RGB"):
            return None
        # On photographs the one-pixel cache of lcms costs more than it saves.
        return ImageCms.buildTransform(
            source, ImageCms.createProfile("sRGB"), mode, target, flags=ImageCms.Flags.NOCACHE
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _changes_colors(mode: str, transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a transform visibly changes any of 216 evenly spaced colors."""
    colors = bytes(value for r in _STEPS for g in _STEPS for b in _STEPS for value in (r, g, b))
    before = Image.frombytes("RGB", (len(colors) // 3, 1), colors).convert(mode)
    after = ImageCms.applyTransform(before, transform)
    if after is None:
        return False
    pairs = zip(before.convert("RGB").tobytes(), after.convert("RGB").tobytes(), strict=True)
    return any(abs(a - b) > MAX_INVISIBLE_DIFFERENCE for a, b in pairs)


def _ramp(transform: ImageCms.ImageCmsTransform) -> list[int]:
    """A lookup table: the transform applied to each of the 256 grays."""
    ramp = ImageCms.applyTransform(Image.frombytes("L", (256, 1), _RAMP), transform)
    return list((ramp.convert("L") if ramp else Image.frombytes("L", (256, 1), _RAMP)).tobytes())
