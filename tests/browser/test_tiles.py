"""Which image a tile loads: the small one, unless there is none or the tile needs a larger one."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.large_library import make_photo
from tests.browser.photos import picture
from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

# Chromium prefers a large image that it has to a small one that it would load.
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_cache")]

SHAPES = {"wide": (3000, 2000), "tall": (2000, 3000), "panorama": (9000, 1000), "tiny": (400, 300), "old": (3000, 2000)}
HEADERS = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}


class ImageWall:
    """A simulated gallery of these photos on one day, which records the images that are loaded."""

    def __init__(self, visitor: Visitor, names: tuple[str, ...] = tuple(SHAPES)) -> None:
        self.visitor = visitor
        self.names = names
        self.loaded: set[str] = set()
        visitor.page.route(re.compile(r"/photos\?"), self._fulfill_photos)
        visitor.page.route("**/images/*", self._fulfill_image)

    def tile(self, name: str) -> Locator:
        """The image in the first tile of a photo of that name."""
        return self.visitor.tile(name).first.get_by_role("img")

    def _fulfill_photos(self, route: Route) -> None:
        body = {"items": [self._photo(number, name) for number, name in enumerate(self.names)], "cursor": None}
        route.fulfill(body=json.dumps(body), headers=HEADERS)

    def _photo(self, number: int, name: str) -> dict[str, Any]:
        at, (width, height) = f"{self.visitor.library.page_url}images/", SHAPES[name]
        small = {"old": None, "tiny": f"{at}{name}-preview"}.get(name, f"{at}{name}-small")
        return make_photo(number, len(self.names)) | {
            "filename": name,
            "tags": [],
            "width": width,
            "height": height,
            "image_url": f"{at}{name}-preview",
            "small_url": small,
        }

    def _fulfill_image(self, route: Route) -> None:
        self.loaded.add(route.request.url.rpartition("/")[2])
        route.fulfill(body=picture((60, 40)), headers={"Content-Type": "image/jpeg"})


@at_both_widths
def test_grid_loads_small_images(visitor: Visitor) -> None:
    visitor.open()
    image = visitor.tile("lake-1.jpg").get_by_role("img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_attribute("data-loaded", "")
    loaded: list[str] = visitor.page.evaluate(
        "[...document.querySelectorAll('.tile img[data-loaded]')].map(image => image.currentSrc)"
    )
    assert loaded
    assert all("/small.webp?" in url for url in loaded), loaded


@at_both_widths
def test_tile_loads_the_image_it_needs(visitor: Visitor) -> None:
    wall = ImageWall(visitor)
    visitor.open()
    for name in SHAPES:
        wall.tile(name).scroll_into_view_if_needed()
        expect(wall.tile(name)).to_have_attribute("data-loaded", "")
        button = visitor.tile(name).first
        expect(button.locator("..")).to_have_attribute("style", re.compile("--placeholder: ?url"))
        expect(button).to_have_css("background-image", "none")
    assert wall.loaded == {"wide-small", "tall-small", "panorama-small", "tiny-preview", "old-preview"}


def test_sizes_follow_the_tile_width(visitor: Visitor) -> None:
    wall = ImageWall(visitor, ("wide", "tall"))
    visitor.open()
    expect(wall.tile("wide")).to_have_attribute("sizes", re.compile(r"^\d+px$"))
    before = declared_width(wall.tile("wide"))
    assert 0 <= before - width(wall.tile("wide")) <= 1
    visitor.page.set_viewport_size({"width": 360, "height": 800})
    expect(wall.tile("wide")).not_to_have_attribute("sizes", f"{before}px")
    assert 0 <= declared_width(wall.tile("wide")) - width(wall.tile("wide")) <= 1


@on_a_phone
def test_first_row_has_high_fetch_priority(visitor: Visitor) -> None:
    ImageWall(visitor, ("wide",) * 40)
    visitor.open()
    images: list[dict[str, Any]] = visitor.page.evaluate(
        """[...document.querySelectorAll('.tile img')].map(image => (
            { top: image.getBoundingClientRect().top, priority: image.fetchPriority, loading: image.loading }
        ))"""
    )
    first = [tile for tile in images if tile["top"] == images[0]["top"]]
    assert 1 < len(first) < 8
    assert all((tile["priority"], tile["loading"]) == ("high", "eager") for tile in first)
    assert {tile["priority"] for tile in images[len(first) :]} == {"auto"}
    assert {tile["loading"] for tile in images[8:]} == {"lazy"}


def test_viewer_opens_with_the_tile_image(visitor: Visitor) -> None:
    wall = ImageWall(visitor, ("wide",))
    visitor.open()
    expect(wall.tile("wide")).to_have_attribute("data-loaded", "")
    visitor.page.route("**/images/wide-preview", lambda _: None)  # it never loads
    visitor.tile("wide").click()
    expect(visitor.page.locator(".pswp__img--placeholder")).to_have_attribute("src", re.compile("/images/wide-small$"))


def declared_width(image: Locator) -> int:
    """The width in the image's `sizes`, CSS px."""
    return int((image.get_attribute("sizes") or "").removesuffix("px"))


def width(image: Locator) -> float:
    """The layout width of the image without the hover scale, CSS px."""
    found: float = image.evaluate("image => parseFloat(getComputedStyle(image).width)")
    return found
