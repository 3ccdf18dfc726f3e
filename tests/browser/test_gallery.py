"""Looking around: the public gallery, tags, the search, the address, the next page."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@at_both_widths
def test_anybody_sees_what_is_public_and_nothing_else(visitor: Visitor) -> None:
    visitor.opens()
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.tag("Lake")).to_be_visible()
    expect(visitor.tile("secret.jpg")).to_have_count(0)
    expect(visitor.tag("Diary")).to_have_count(0)


@on_a_phone
def test_every_image_that_is_shown_arrives(visitor: Visitor) -> None:
    visitor.opens()
    image = visitor.tile("lake-1.jpg").get_by_role("img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_attribute("data-loaded", "")


@at_both_widths
def test_a_trending_tag_shows_its_photos_and_back_takes_that_back(visitor: Visitor) -> None:
    visitor.opens()
    visitor.tag("Mountain").click()
    expect(visitor.heading("Mountain")).to_be_visible()
    expect(visitor.tag("Mountain")).to_have_attribute("aria-pressed", "true")
    expect(visitor.page).to_have_url(re.compile(r"\?tag=mountain$"))
    expect(visitor.tile("lake-2.jpg")).to_have_count(0)
    expect(visitor.tile("mountain-1.jpg")).to_be_visible()
    expect(visitor.page).to_have_title("Mountain · Tintype")
    visitor.page.go_back()
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.tile("lake-2.jpg")).to_be_visible()


@at_both_widths
def test_the_search_finds_a_tag_however_it_is_written(visitor: Visitor) -> None:
    visitor.opens()
    visitor.looks_for(" MOUNTAIN ")
    expect(visitor.tile("mountain-2.jpg")).to_be_visible()
    expect(visitor.tile("lake-2.jpg")).to_have_count(0)


@on_a_phone
def test_a_search_that_finds_nothing_leads_back(visitor: Visitor) -> None:
    visitor.opens("?tag=zebra")
    expect(visitor.page.get_by_role("heading", name="No photos tagged “Zebra”")).to_be_visible()
    expect(visitor.term("Zebra")).to_be_visible()
    visitor.page.locator(".empty").get_by_role("button", name="All photos").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


@at_both_widths
def test_tags_can_be_ordered_by_what_is_hot(visitor: Visitor) -> None:
    visitor.opens()
    with visitor.page.expect_response(re.compile("order=heat")):
        visitor.button("Hot").click()
    expect(visitor.button("Hot")).to_have_attribute("aria-pressed", "true")
    expect(visitor.tag("Lake")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?order=heat$"))
    visitor.page.reload()
    expect(visitor.button("Hot")).to_have_attribute("aria-pressed", "true")
    visitor.page.go_back()
    expect(visitor.button("Hot")).to_have_attribute("aria-pressed", "false")


def test_the_next_page_comes_by_itself_and_by_the_keyboard(visitor: Visitor) -> None:
    visitor.page.route(re.compile(r"/photos\?"), lambda route: route.continue_(url=smaller(route)))
    visitor.page.add_init_script("window.IntersectionObserver = class { observe() {} disconnect() {} };")
    visitor.opens()
    expect(visitor.page.locator(".tile")).to_have_count(2)
    visitor.button("Load more").focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator(".tile")).to_have_count(4)
    expect(visitor.button("Load more")).to_be_focused()

    visitor.page.evaluate("sessionStorage.clear()")
    by_itself = visitor.page.context.new_page()
    by_itself.route(re.compile(r"/photos\?"), lambda route: route.continue_(url=smaller(route)))
    by_itself.goto(visitor.library.page_url)
    expect(by_itself.locator("[data-photo]").nth(4)).to_be_visible()
    by_itself.close()


def smaller(route: Route) -> str:
    """The same question for pages of two photos."""
    return route.request.url.replace("limit=50", "limit=2")


def test_a_library_that_does_not_answer_says_so_and_can_be_asked_again(visitor: Visitor, tolerated: list[str]) -> None:
    tolerated.append("net::ERR_FAILED")
    visitor.page.route(re.compile(r"/photos\?"), lambda route: route.abort())
    visitor.opens()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Couldn't reach the library")
    visitor.page.unroute_all()
    visitor.button("Try again").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


def test_a_page_that_cannot_learn_of_its_library_says_so_and_can_try_again(
    visitor: Visitor, tolerated: list[str]
) -> None:
    tolerated += ["net::ERR_FAILED", "no answer"]
    visitor.page.route("**/config.json", lambda route: route.abort())
    visitor.opens()
    visitor.page.unroute_all()
    visitor.button("Try again").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


@at_both_widths
def test_being_offline_is_told_and_what_is_missing_comes_once_back(visitor: Visitor, tolerated: list[str]) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    images = re.compile("-derivatives-")
    visitor.page.route(images, lambda route: route.abort())
    visitor.opens()
    visitor.page.context.set_offline(True)
    expect(visitor.page.get_by_text("You're offline")).to_be_visible()
    image = visitor.tile("lake-1.jpg").get_by_role("img")
    expect(image).to_have_attribute("data-failed", "")
    visitor.page.unroute(images)
    visitor.page.context.set_offline(False)
    expect(visitor.page.get_by_text("You're offline")).to_have_count(0)
    expect(image).to_have_attribute("data-loaded", "")
