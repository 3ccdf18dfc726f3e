"""PNG icons of the page, rendered from `icon.svg`: `python -m local.icons` writes them into `web/public`."""

from pathlib import Path

from local import chromium
from local.data_dir import PROJECT

PUBLIC = PROJECT / "web" / "public"
SVG = PUBLIC / "icon.svg"
# File name, edge in px, background, and the drawing's share of the edge: launchers crop a maskable icon to a circle of
# four fifths (https://www.w3.org/TR/appmanifest/#icon-masks).
ICONS = (
    ("icon-192.png", 192, "transparent", 1.0),
    ("icon-512.png", 512, "transparent", 1.0),
    ("icon-maskable-512.png", 512, "#e9eaec", 0.62),
    ("apple-touch-icon.png", 180, "#e9eaec", 0.76),
)


def render_icons(target: Path) -> None:
    """Write every icon as PNG into `target`."""
    svg = SVG.read_text()
    with chromium.launch() as browser:
        for name, edge, background, share in ICONS:
            page = browser.new_page(viewport={"width": edge, "height": edge})
            page.set_content(
                "<style>body { margin: 0; height: 100vh; display: grid; place-items: center; "
                f"background: {background} }}"
                f"svg {{ width: {edge * share}px; height: {edge * share}px }}</style>{svg}"
            )
            page.screenshot(path=target / name, omit_background=True)


if __name__ == "__main__":
    render_icons(PUBLIC)
