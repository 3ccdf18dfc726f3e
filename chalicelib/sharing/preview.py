"""The page at a link's own address: what messengers show of it, and a way on to the guests' page.

It works without scripts, images of others and styles, so that its policy can forbid all of them.
"""

from dataclasses import dataclass
from html import escape

from chalicelib.library.photo import Derivative, Photo

MAX_DESCRIPTION_CHARACTERS = 200
# WhatsApp shows no image over 600 kB; its documentation asks for less.
MAX_IMAGE_BYTES = 300_000
JPEG = "image/jpeg"
NEUTRAL_TITLE = "Shared photos"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a messenger may show of a link: nothing but a neutral title, or what its owner shows anyone with it."""

    title: str = NEUTRAL_TITLE
    description: str = ""
    image_url: str = ""


def preview_image(photo: Photo) -> Derivative:
    """The image that messengers show: not WebP, which some cannot, and small, since some load no large one."""
    resized, thumbnail = photo.derivatives["resized"], photo.derivatives["thumbnail"]
    return resized if resized.mime == JPEG and resized.bytes <= MAX_IMAGE_BYTES else thumbnail


def describe_photos(count: int, description: str) -> str:
    """The number of photos and the beginning of a description, in one line."""
    photos = "1 photo" if count == 1 else f"{count:,} photos"
    text = " ".join(description.split())
    if len(text) > MAX_DESCRIPTION_CHARACTERS:
        text = text[: MAX_DESCRIPTION_CHARACTERS - 1].rstrip() + "…"
    return f"{photos}: {text}" if text else photos


def preview_html(preview: Preview, target_url: str, message: str = "This library has no page.") -> str:
    """The page as HTML; it forwards to `target_url`, the guests' page, or says the message if that is empty."""
    title, target = escape(preview.title), escape(target_url)
    tags = {"og:title": preview.title, "og:description": preview.description, "og:image": preview.image_url}
    metadata = "".join(
        f'<meta property="{name}" content="{escape(content)}">\n' for name, content in tags.items() if content
    )
    forward = f'<meta http-equiv="refresh" content="0; url={target}">\n' if target else ""
    body = f'<p><a href="{target}">{title}</a></p>' if target else f"<p>{title}</p><p>{escape(message)}</p>"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<title>{title}</title>
<meta property="og:type" content="website">
{metadata}{forward}</head>
<body>
{body}
</body>
</html>
"""
