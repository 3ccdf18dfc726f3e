"""The scrubber of the timeline: going to a month, and back."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.large_library import PHOTOS, fulfill_many, open_large_library, photos_by_month
from tests.browser.shared_pages import listening
from tests.browser.viewports import on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

JULY = re.compile(r"\bat=2026-07\b")


def open_timeline(visitor: Visitor) -> Locator:
    """Open the simulated library, of nine months; return its scrubber."""

    def fulfill_statistics(route: Route) -> None:
        figures = {"photos": PHOTOS, "bytes": 1, "tags": 1, "months": photos_by_month(), "as_of": None}
        route.fulfill(json=figures, headers={"Access-Control-Allow-Origin": "*"})

    visitor.page.route("**/stats?*", fulfill_statistics)
    open_large_library(visitor)
    scrubber = visitor.page.get_by_role("slider", name="Go to a month")
    expect(scrubber).to_have_attribute("aria-valuetext", "November 2026")
    return scrubber


def day_at_top(visitor: Visitor) -> str:
    """The heading below the page's header."""
    return str(
        visitor.page.evaluate(
            """() => {
                const header = document.querySelector('.app-header').getBoundingClientRect().bottom;
                return document.elementFromPoint(60, header + 20).closest('.day').querySelector('h2').textContent;
            }"""
        )
    )


def test_click_goes_to_a_month_with_one_request(visitor: Visitor) -> None:
    scrubber = open_timeline(visitor)
    assert visitor.axe_violations("scrubber") == {}
    # 800 photos in November, 1,240 in October, 1,200 in September, 1,240 in August and July each: July is around 51 %.
    box = scrubber.bounding_box() or pytest.fail("no scrubber")
    point = (box["x"] + box["width"] / 2, box["y"] + 24 + (box["height"] - 48) * 0.51)
    visitor.page.mouse.move(*point)
    expect(visitor.page.get_by_text("July 2026", exact=True)).to_be_visible()
    requests: list[str] = []
    july: list[Route] = []

    def fulfill_july(route: Route) -> None:
        """Withhold the first answer: until it is there, the page doesn't refresh itself."""
        if july:
            fulfill_many(route)
        july.append(route)

    visitor.page.route("**/photos?to=2026-07-31*", fulfill_july)
    with listening(visitor.page, "request", lambda request: requests.append(request.url)):
        visitor.page.mouse.click(*point)
        while not july:  # a request is announced before it is routed
            visitor.page.evaluate("new Promise(requestAnimationFrame)")
        assert len([url for url in requests if "to=2026-07-31" in url or "cursor=" in url]) == 1
    fulfill_many(july[0])
    expect(visitor.page.get_by_role("region", name="Friday, July 31, 2026")).to_be_visible()
    expect(scrubber).to_have_attribute("aria-valuetext", "July 2026")
    assert day_at_top(visitor) == "Friday, July 31, 2026"
    expect(visitor.page).to_have_url(JULY)

    # Newer photos are above, and move nothing.
    visitor.page.mouse.move(400, 400)
    visitor.page.mouse.wheel(0, -500)
    expect(visitor.page.get_by_role("region", name="Saturday, August 1, 2026")).to_be_visible()
    visitor.page.reload()
    expect(visitor.page.get_by_role("region", name="Friday, July 31, 2026")).to_be_visible()
    visitor.button("Back to newest").click()
    expect(visitor.page.get_by_role("region", name="Friday, November 20, 2026")).to_be_visible()
    expect(visitor.page).not_to_have_url(JULY)
    visitor.page.go_back()
    expect(visitor.page).to_have_url(JULY)
    expect(visitor.page.get_by_role("region", name="Friday, July 31, 2026")).to_be_visible()


def test_keys_go_to_a_month(visitor: Visitor) -> None:
    scrubber = open_timeline(visitor)
    scrubber.focus()
    for _ in range(4):
        visitor.page.keyboard.press("ArrowDown")
    expect(scrubber).to_have_attribute("aria-valuetext", "July 2026")
    expect(visitor.page.get_by_role("region", name="Friday, July 31, 2026")).to_be_visible()
    expect(scrubber).to_be_focused()
    visitor.page.keyboard.press("End")
    expect(visitor.page.get_by_role("region", name="Friday, November 20, 2026")).to_be_visible()
    expect(visitor.page).not_to_have_url(JULY)
    expect(scrubber).to_be_focused()
    expect(scrubber).to_have_attribute("aria-valuetext", "November 2026")


def test_month_stays_in_place_when_newer_photos_arrive_below_the_top_of_the_page(visitor: Visitor) -> None:
    open_timeline(visitor)
    newer: list[Route] = []
    visitor.page.route(re.compile(r"/photos\?.*\bfrom="), lambda route: newer.append(route))
    with visitor.page.expect_request(re.compile(r"/photos\?.*\bfrom=")):
        visitor.page.goto(f"{visitor.page.url}?at=2026-07")
    day = visitor.page.get_by_role("region", name="Friday, July 31, 2026")
    expect(day).to_be_visible()
    visitor.page.evaluate("scrollTo(0, 0)")
    before = day.bounding_box() or pytest.fail("no day")
    fulfill_many(newer[0])
    expect(visitor.page.get_by_role("region", name="Saturday, August 1, 2026")).to_be_attached()
    after = day.bounding_box() or pytest.fail("no day")
    # Scroll positions are rounded.
    assert after["y"] == pytest.approx(before["y"], abs=1)


@on_a_phone
def test_thumb_appears_while_scrolling_and_can_be_dragged(visitor: Visitor) -> None:
    scrubber = open_timeline(visitor)
    expect(scrubber.locator(".scrubber-thumb")).to_have_css("opacity", "0")
    visitor.page.evaluate("scrollBy(0, 400)")
    expect(scrubber.locator(".scrubber-thumb")).to_have_css("opacity", "1")
    thumb = scrubber.locator(".scrubber-thumb").bounding_box() or pytest.fail("no thumb")
    assert thumb["width"] >= 44
    assert thumb["height"] >= 44
    box = scrubber.bounding_box() or pytest.fail("no scrubber")
    visitor.page.mouse.move(thumb["x"] + 20, thumb["y"] + 20)
    visitor.page.mouse.down()
    visitor.page.mouse.move(thumb["x"] - 40, box["y"] + 24 + (box["height"] - 48) * 0.51)
    expect(visitor.page.locator(".scrubber-bubble")).to_have_text("July 2026")
    visitor.page.mouse.up()
    expect(visitor.page.get_by_role("region", name="Friday, July 31, 2026")).to_be_visible()
    assert visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
