"""A timeline of ten thousand photos, by day, with only those near the viewport in the document."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.browser.large_library import PHOTOS, fulfill_photos, make_photo, open_large_library
from tests.browser.test_selecting import bar, checkbox
from tests.browser.viewports import DESKTOP, at_both_widths, on_a_desktop_and_proof_on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# The most tiles and nodes in the document: a few screens of tiles, each with a dozen nodes.
MOST_TILES = 250
MOST_NODES = 4_000

WATCH_LONG_TASKS = """
    window.longest = 0;
    new PerformanceObserver(list => {
        for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: 'longtask', buffered: true });
"""


def scroll_down(visitor: Visitor, until: int) -> tuple[int, int]:
    """Scroll until so many photos are loaded; return the most tiles and nodes in the document meanwhile."""
    found: dict[str, int] = visitor.page.evaluate(
        """async until => {
            let [tiles, nodes, waited] = [0, 0, 0];
            const gallery = document.querySelector('tintype-photo-gallery');
            while (gallery.state.photos.length < until || scrollY + innerHeight < document.body.scrollHeight - 1) {
                scrollTo(0, document.body.scrollHeight);
                await new Promise(after => setTimeout(after, 5));
                tiles = Math.max(tiles, document.querySelectorAll('.tile').length);
                nodes = Math.max(nodes, document.querySelectorAll('*').length);
                if (gallery.state.photos.length >= until && (waited += 1) > 100) break;
            }
            return { tiles, nodes };
        }""",
        until,
    )
    return found["tiles"], found["nodes"]


@pytest.fixture
def owner(signed_in: Visitor) -> Visitor:
    """The demo user, signed in; each test opens the page."""
    return signed_in


@at_both_widths
def test_timeline_groups_by_day_and_renders_few_tiles(visitor: Visitor) -> None:
    open_large_library(visitor)
    expect(visitor.page.get_by_role("region", name="Friday, November 20, 2026")).to_be_visible()
    tiles, nodes = scroll_down(visitor, 1000)
    assert 0 < tiles < MOST_TILES
    assert nodes < MOST_NODES
    assert visitor.page.locator(".tile").first.inner_text() == ""
    expect(visitor.tile("photo-0.jpg")).to_have_count(0)


@at_both_widths
def test_days_of_one_photo_share_rows(visitor: Visitor) -> None:
    open_large_library(visitor, per_day=1)
    days = visitor.page.locator(".day")
    expect(days.first).to_be_visible()
    boxes = days.evaluate_all("days => days.map(day => day.getBoundingClientRect().toJSON())")
    cut = days.evaluate_all(
        "days => days.map(day => day.querySelector('h2')).filter(h => h.scrollWidth > h.clientWidth).length"
    )
    assert cut == 0
    assert boxes[0]["top"] == boxes[1]["top"]
    assert boxes[0]["right"] < boxes[1]["left"]
    rows = len({box["top"] for box in boxes})
    assert len(boxes) > 1.5 * rows
    tiles, nodes = scroll_down(visitor, 600)
    assert tiles < MOST_TILES
    assert nodes < MOST_NODES


@at_both_widths
def test_heading_of_a_day_with_one_narrow_photo_is_not_cut(owner: Visitor) -> None:
    narrow = [
        make_photo(number, per_day=1, mine=True)
        | {"width": 1000, "height": 3000, "taken_local": f"2024-05-{31 - number}T12:00:00"}
        for number in range(20)
    ]
    owner.page.route(re.compile(r"/photos\?(?!state)"), lambda route: fulfill_photos(route, narrow, None))
    owner.open()
    headings = owner.page.locator(".day h2")
    expect(headings.filter(has_text="May 31, 2024")).to_be_visible()
    assert headings.evaluate_all("all => all.filter(h => h.scrollWidth > h.clientWidth).map(h => h.innerText)") == []


def test_thumbhash_is_the_background_until_the_image_loads(visitor: Visitor) -> None:
    open_large_library(visitor)
    for tile in (visitor.tile("photo-0.jpg"), visitor.tile("photo-30.jpg")):
        expect(tile).to_have_css("background-image", "none")
        tile.get_by_role("img").evaluate("image => image.removeAttribute('data-loaded')")
        expect(tile).to_have_css("background-image", re.compile(r'^url\("data:image/png;base64,'))


@on_a_desktop_and_proof_on_a_phone
def test_back_restores_the_scroll_position(visitor: Visitor) -> None:
    open_large_library(visitor)
    scroll_down(visitor, 600)
    visitor.page.evaluate("scrollBy(0, -1500)")
    visitor.page.wait_for_timeout(300)  # until pending updates are done
    photo = visitor.page.evaluate("document.elementFromPoint(200, 500).closest('.tile').dataset.photo")
    before = visitor.page.locator(f"[data-photo='{photo}']").bounding_box()
    visitor.tag("Lake").evaluate("chip => chip.click()")
    expect(visitor.heading("Lake")).to_be_visible()
    visitor.page.go_back()
    expect(visitor.heading("Public gallery")).to_be_visible()
    again = visitor.page.locator(f"[data-photo='{photo}']")
    expect(again).to_be_attached()
    after = again.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 3


def test_arrow_keys_move_focus_and_never_lose_it(visitor: Visitor) -> None:
    open_large_library(visitor)
    first = visitor.tile("photo-0.jpg")
    expect(first).to_be_visible()
    visitor.page.keyboard.press("ArrowRight")  # from the page, which has the focus
    expect(first).to_be_focused()
    for _ in range(3):
        visitor.page.keyboard.press("ArrowRight")
    expect(visitor.tile("photo-3.jpg")).to_be_focused()
    for _ in range(12):
        visitor.page.keyboard.press("ArrowDown")
    visitor.page.wait_for_timeout(100)
    focused = visitor.page.evaluate("document.activeElement.dataset.photo")
    assert int(focused) < PHOTOS - 30
    box = visitor.page.locator(f"[data-photo='{focused}']").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 800
    visitor.page.mouse.wheel(0, 20_000)
    expect(visitor.page.locator(f"[data-photo='{focused}']")).not_to_be_in_viewport()
    assert visitor.page.evaluate("document.activeElement.dataset.photo") == focused
    visitor.page.keyboard.press("Home")
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()


@at_both_widths
def test_selection_by_day_key_and_range_spans_pages(owner: Visitor, screen: ViewportSize) -> None:
    page = owner.page
    open_large_library(owner, mine=True)
    day = page.get_by_role("checkbox", name=re.compile("^Select all photos from .*November 20"))
    day.click()
    expect(bar(page)).to_contain_text("40 selected")
    expect(day).to_be_checked()
    expect(checkbox(owner, "photo-5.jpg")).to_be_checked()
    day.click()
    expect(bar(page)).to_have_count(0)
    owner.tile("photo-1.jpg").focus()
    page.keyboard.press("s")
    expect(bar(page)).to_contain_text("1 selected")
    page.keyboard.press("s")
    expect(bar(page)).to_have_count(0)
    if screen == DESKTOP:
        page.mouse.move(0, 0)
        expect(checkbox(owner, "photo-3.jpg")).to_have_css("opacity", "0")
        owner.tile("photo-3.jpg").hover()
        expect(checkbox(owner, "photo-3.jpg")).to_have_css("opacity", "1")
        checkbox(owner, "photo-3.jpg").click()
    else:
        checkbox(owner, "photo-3.jpg").focus()
        page.keyboard.press("Space")
    expect(bar(page)).to_contain_text("1 selected")
    expect(checkbox(owner, "photo-3.jpg")).to_be_checked()
    scroll_down(owner, 200)
    checkbox(owner, "photo-198.jpg").focus()
    expect(checkbox(owner, "photo-198.jpg")).to_be_focused()
    page.keyboard.press("Shift+Space")
    expect(bar(page)).to_contain_text("196 selected")


class HeldRequest:
    """The next request for photos with a query, and those after it until it is answered."""

    def __init__(self, page: Page, query: str) -> None:
        self.page, self.pattern = page, re.compile(rf"/photos\?{query}")
        self.routes: list[Route] = []
        page.route(self.pattern, lambda route: self.routes.append(route))

    def wait(self) -> None:
        """Wait until the request is sent."""
        while not self.routes:
            self.page.wait_for_timeout(20)

    def answer(self, photos: Sequence[dict[str, Any]]) -> None:
        """Answer it and all later ones with these photos, and no further page; wait until the gallery has the first."""
        self.wait()
        self.page.unroute(self.pattern)
        self.page.route(self.pattern, lambda route: fulfill_photos(route, photos, None))
        for route in self.routes:
            fulfill_photos(route, photos, None)
        self.page.wait_for_function(
            """async ([id, version]) => {
                const gallery = document.querySelector('tintype-photo-gallery');
                await gallery.updateComplete;
                return gallery.state.photos.some(photo => photo.photo_id === id && photo.version === version);
            }""",
            arg=[photos[0]["photo_id"], photos[0]["version"]],
        )


NEXT_PAGE = r".*cursor=200\b"
REFRESH = "(?!.*(cursor|state)=)"


def test_key_press_is_not_lost_when_the_next_page_arrives(owner: Visitor) -> None:
    page, last = owner.page, checkbox(owner, "photo-198.jpg")
    open_large_library(owner, mine=True)
    request = HeldRequest(page, NEXT_PAGE)
    checkbox(owner, "photo-3.jpg").focus()
    page.keyboard.press("Space")
    expect(bar(page)).to_contain_text("1 selected")
    scroll_down(owner, 200)
    page.evaluate("dispatchEvent(new Event('resize'))")  # the grid renders again, for the final scroll position
    # The day of the focused photo and the last one, which becomes the first when the next page arrives.
    expect(page.locator(".day")).to_have_count(2)
    last.focus()
    page.keyboard.down("Shift")
    page.keyboard.down("Space")
    request.answer([make_photo(number, mine=True) for number in range(200, 250)])
    expect(last).to_be_focused()
    page.keyboard.up("Space")
    page.keyboard.up("Shift")
    expect(bar(page)).to_contain_text("196 selected")


@pytest.mark.parametrize("name", ["photo-0.jpg", "photo-3.jpg"])
def test_click_is_not_lost_when_a_photo_arrives(owner: Visitor, name: str) -> None:
    page, newest = owner.page, owner.tile("photo--1.jpg")
    open_large_library(owner, mine=True)
    request = HeldRequest(page, REFRESH)
    owner.tile(name).hover()
    checkbox(owner, name).hover()
    request.wait()
    page.mouse.down()
    request.answer([make_photo(number, mine=True) for number in range(-1, 99)])
    expect(newest).to_have_count(0)
    page.mouse.up()
    expect(bar(page)).to_contain_text("1 selected")
    expect(checkbox(owner, name)).to_be_checked()
    expect(newest).to_be_visible()


def test_checkbox_has_the_focus_after_its_photo_moved_to_another_day(owner: Visitor) -> None:
    page, moved = owner.page, checkbox(owner, "photo-3.jpg")
    open_large_library(owner, mine=True)
    request = HeldRequest(page, REFRESH)
    moved.focus()
    redated = make_photo(60, mine=True) | {
        "photo_id": make_photo(3)["photo_id"],
        "filename": "photo-3.jpg",
        "version": 2,
    }
    request.answer([redated, *(make_photo(number, mine=True) for number in range(60) if number != 3)])
    expect(page.locator(".day").nth(1).locator("[data-photo]:has([alt*='photo-3.jpg'])")).to_have_count(1)
    expect(moved).to_be_focused()


@pytest.mark.proof
def test_ten_thousand_photos_render_few_nodes(visitor: Visitor) -> None:
    with visitor.page.add_init_script(WATCH_LONG_TASKS):
        open_large_library(visitor)
    tiles, nodes = scroll_down(visitor, PHOTOS)
    expect(visitor.tile(f"photo-{PHOTOS - 1}.jpg")).to_be_visible()
    assert tiles < MOST_TILES
    assert nodes < MOST_NODES
    longest = visitor.page.evaluate("window.longest")
    print(f"\n{tiles} tiles, {nodes} nodes at most; longest task {longest:.0f} ms")  # noqa: T201 (the proof's record)
