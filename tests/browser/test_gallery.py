"""The public gallery: tags, search, URLs, further pages."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.devtools import set_offline
from tests.browser.viewports import at_both_widths, on_a_desktop_and_proof_on_a_phone, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@at_both_widths
def test_signed_out_user_sees_public_photos_only(visitor: Visitor) -> None:
    visitor.open()
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.tag("Lake")).to_be_visible()
    expect(visitor.tile("secret.jpg")).to_have_count(0)
    expect(visitor.tag("Diary")).to_have_count(0)


@on_a_phone
def test_tile_image_loads(visitor: Visitor) -> None:
    visitor.open()
    image = visitor.tile("lake-1.jpg").get_by_role("img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_attribute("data-loaded", "")


@at_both_widths
def test_trending_tag_filters_and_back_restores(visitor: Visitor) -> None:
    visitor.open()
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


def test_click_on_a_tag_is_not_lost_when_the_tags_change_their_order(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    visitor.tag("Mountain").hover()
    page.mouse.down()
    order = page.locator(".chip[aria-label]").all_inner_texts()
    page.evaluate(
        "() => { const list = document.querySelector('tintype-tag-list'); list.trends = list.trends.toReversed(); }"
    )
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.locator(".chip[aria-label]").all_inner_texts() == order
    page.mouse.up()
    expect(visitor.heading("Mountain")).to_be_visible()


@at_both_widths
def test_search_ignores_case_and_spaces(visitor: Visitor) -> None:
    visitor.open()
    visitor.search_for(" MOUNTAIN ")
    expect(visitor.tile("mountain-2.jpg")).to_be_visible()
    expect(visitor.tile("lake-2.jpg")).to_have_count(0)


@on_a_phone
def test_empty_search_links_to_all_photos(visitor: Visitor) -> None:
    visitor.open("?tag=zebra")
    expect(visitor.page.get_by_role("heading", name="No photos tagged “Zebra”")).to_be_visible()
    expect(visitor.filter_chip("Zebra")).to_be_visible()
    expect(visitor.button("Surprise me")).to_have_count(0)
    visitor.page.locator(".empty").get_by_role("button", name="All photos").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


def test_empty_search_offers_no_download(signed_in: Visitor) -> None:
    signed_in.open("?tag=lake")
    expect(signed_in.button("Download")).to_be_visible()
    signed_in.open("?tag=zebra")
    expect(signed_in.page.get_by_role("heading", name="No photos tagged “Zebra”")).to_be_visible()
    expect(signed_in.button("Download")).to_have_count(0)
    expect(signed_in.page.get_by_role("group", name="Photos to show")).to_be_visible()


@at_both_widths
def test_trending_tags_can_be_sorted_by_heat(visitor: Visitor) -> None:
    visitor.open()
    with visitor.page.expect_response(re.compile("order=heat")):
        visitor.button("Hot").click()
    expect(visitor.button("Hot")).to_have_attribute("aria-pressed", "true")
    expect(visitor.tag("Lake")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?trending=heat$"))
    visitor.page.reload()
    expect(visitor.button("Hot")).to_have_attribute("aria-pressed", "true")
    visitor.page.go_back()
    expect(visitor.button("Hot")).to_have_attribute("aria-pressed", "false")


def test_next_page_loads_on_scroll_and_by_button(visitor: Visitor) -> None:
    visitor.page.route(re.compile(r"/photos\?"), lambda route: route.continue_(url=with_small_pages(route)))
    with visitor.page.add_init_script("window.IntersectionObserver = class { observe() {} disconnect() {} };"):
        visitor.open()
        expect(visitor.page.locator(".tile")).to_have_count(2)
        visitor.button("Load more").focus()
        visitor.page.keyboard.press("Enter")
        expect(visitor.page.locator(".tile")).to_have_count(4)
        expect(visitor.button("Load more")).to_be_focused()

    visitor.open()
    expect(visitor.page.locator("[data-photo]").nth(4)).to_be_visible()


def with_small_pages(route: Route) -> str:
    """The request's URL with pages of two photos."""
    return route.request.url.replace("limit=50", "limit=2")


def refresh_seldom(route: Route) -> None:
    """Fulfill a request for the page's configuration: photos that failed to load are not loaded again by themselves."""
    response = route.fetch()
    route.fulfill(response=response, json=response.json() | {"refresh_seconds": 3600})


def test_unreachable_api_is_reported_and_can_be_retried(visitor: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("net::ERR_FAILED")
    visitor.page.route(re.compile(r"/photos\?"), lambda route: route.abort())
    visitor.page.route("**/config.json", refresh_seldom)
    visitor.open()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Couldn't reach the library")
    visitor.page.unroute_all()
    visitor.button("Try again").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


def test_missing_config_is_reported_and_can_be_retried(visitor: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors += ["net::ERR_FAILED", "no response"]
    visitor.page.route("**/config.json", lambda route: route.abort())
    visitor.open()
    visitor.page.unroute_all()
    visitor.button("Try again").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


@on_a_desktop_and_proof_on_a_phone
def test_failed_images_reload_when_back_online(visitor: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    images = re.compile("-derivatives-")
    visitor.page.route(images, lambda route: route.abort())
    visitor.open()
    set_offline(visitor.page, True)
    expect(visitor.page.get_by_text("You're offline")).to_be_visible()
    image = visitor.tile("lake-1.jpg").get_by_role("img")
    expect(image).to_have_attribute("data-failed", "")
    with visitor.page.expect_event("requestfailed", lambda request: "-derivatives-" in request.url):
        set_offline(visitor.page, False)
    # The browser was online before requests succeeded.
    visitor.page.unroute(images)
    expect(visitor.page.get_by_text("You're offline")).to_have_count(0)
    expect(image).to_have_attribute("data-loaded", "")
