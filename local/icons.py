"""The page's icons as pixels, from the one drawing of it: `python -m local.icons` writes them into `web/public`."""

from pathlib import Path

from local import chromium
from local.data_dir import PROJECT

PUBLIC = PROJECT / "web" / "public"
DRAWING = PUBLIC / "icon.svg"
# Name, edge in px, what surrounds the drawing, and its share of the edge: launchers cut a maskable icon to a circle of
# four fifths (https://www.w3.org/TR/appmanifest/#icon-masks).
ICONS = (
    ("icon-192.png", 192, "transparent", 1.0),
    ("icon-512.png", 512, "transparent", 1.0),
    ("icon-maskable-512.png", 512, "#e9eaec", 0.62),
    ("apple-touch-icon.png", 180, "#e9eaec", 0.76),
)


def draw(into: Path) -> None:
    """Write every icon as PNG."""
    drawing = DRAWING.read_text()
    with chromium.browser() as browser:
        for name, edge, ground, share in ICONS:
            page = browser.new_page(viewport={"width": edge, "height": edge})
            page.set_content(
                f"<style>body {{ margin: 0; height: 100vh; display: grid; place-items: center; background: {ground} }}"
                f"svg {{ width: {edge * share}px; height: {edge * share}px }}</style>{drawing}"
            )
            page.screenshot(path=into / name, omit_background=True)


if __name__ == "__main__":
    draw(PUBLIC)
