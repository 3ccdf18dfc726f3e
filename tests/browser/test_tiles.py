"""Which image a tile loads: the small one, unless there is none or the tile needs more."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.large_library import a_photo
from tests.browser.photos import picture
from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SHAPES = {"wide": (3000, 2000), "tall": (2000, 3000), "panorama": (9000, 1000), "tiny": (400, 300), "old": (3000, 2000)}
ANSWERED = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}


class Wall:
    """A gallery of these photos over and over, all of one day, and the images that were asked for."""

    def __init__(self, visitor: Visitor, names: tuple[str, ...] = tuple(SHAPES)) -> None:
        self.visitor = visitor
        self.names = names
        self.asked: set[str] = set()
        visitor.page.route(re.compile(r"/photos\?"), self._listed)
        visitor.page.route("**/images/*", self._given)

    def tile(self, name: str) -> Locator:
        """The image in the first tile of a photo of that name."""
        return self.visitor.tile(name).first.get_by_role("img")

    def _listed(self, route: Route) -> None:
        body = {"items": [self._photo(number, name) for number, name in enumerate(self.names)], "cursor": None}
        route.fulfill(body=json.dumps(body), headers=ANSWERED)

    def _photo(self, number: int, name: str) -> dict[str, Any]:
        at, (width, height) = f"{self.visitor.library.page_url}images/", SHAPES[name]
        small = {"old": None, "tiny": f"{at}{name}-preview"}.get(name, f"{at}{name}-small")
        return a_photo(number, len(self.names)) | {
            "filename": name,
            "tags": [],
            "width": width,
            "height": height,
            "image_url": f"{at}{name}-preview",
            "small_url": small,
        }

    def _given(self, route: Route) -> None:
        self.asked.add(route.request.url.rpartition("/")[2])
        route.fulfill(body=picture((60, 40)), headers={"Content-Type": "image/jpeg"})


@at_both_widths
def test_the_grid_loads_small_images(visitor: Visitor) -> None:
    visitor.opens()
    image = visitor.tile("lake-1.jpg").get_by_role("img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_attribute("data-loaded", "")
    loaded: list[str] = visitor.page.evaluate(
        "[...document.querySelectorAll('.tile img[data-loaded]')].map(image => image.currentSrc)"
    )
    assert loaded
    assert all("/small-" in url for url in loaded), loaded


@at_both_widths
def test_a_tile_takes_the_image_that_it_needs(visitor: Visitor) -> None:
    wall = Wall(visitor)
    visitor.opens()
    for name in SHAPES:
        wall.tile(name).scroll_into_view_if_needed()
        expect(wall.tile(name)).to_have_attribute("data-loaded", "")
    assert wall.asked == {"wide-small", "tall-small", "panorama-preview", "tiny-preview", "old-preview"}


def test_what_a_tile_needs_follows_its_width(visitor: Visitor) -> None:
    wall = Wall(visitor, ("wide", "tall"))
    visitor.opens()
    expect(wall.tile("wide")).to_have_attribute("sizes", re.compile(r"^\d+px$"))
    before = needed(wall.tile("wide"))
    assert 0 <= before - width(wall.tile("wide")) <= 1
    visitor.page.set_viewport_size({"width": 360, "height": 800})
    expect(wall.tile("wide")).not_to_have_attribute("sizes", f"{before}px")
    assert 0 <= needed(wall.tile("wide")) - width(wall.tile("wide")) <= 1


@on_a_phone
def test_the_first_row_goes_before_all_others(visitor: Visitor) -> None:
    Wall(visitor, ("wide",) * 40)
    visitor.opens()
    told: list[dict[str, Any]] = visitor.page.evaluate(
        """[...document.querySelectorAll('.tile img')].map(image => (
            { top: image.getBoundingClientRect().top, priority: image.fetchPriority, loading: image.loading }
        ))"""
    )
    first = [tile for tile in told if tile["top"] == told[0]["top"]]
    assert 1 < len(first) < 8
    assert all((tile["priority"], tile["loading"]) == ("high", "eager") for tile in first)
    assert {tile["priority"] for tile in told[len(first) :]} == {"auto"}
    assert {tile["loading"] for tile in told[8:]} == {"lazy"}


def test_the_viewer_opens_with_what_the_tile_shows(visitor: Visitor) -> None:
    wall = Wall(visitor, ("wide",))
    visitor.opens()
    expect(wall.tile("wide")).to_have_attribute("data-loaded", "")
    visitor.page.route("**/images/wide-preview", lambda _: None)  # it is still on its way
    visitor.tile("wide").click()
    expect(visitor.page.locator(".pswp__img--placeholder")).to_have_attribute("src", re.compile("/images/wide-small$"))


def needed(image: Locator) -> int:
    """How wide the tile says its image is, CSS px."""
    return int((image.get_attribute("sizes") or "").removesuffix("px"))


def width(image: Locator) -> float:
    """How wide it is laid out, without what a pointer over it adds, CSS px."""
    found: float = image.evaluate("image => parseFloat(getComputedStyle(image).width)")
    return found
