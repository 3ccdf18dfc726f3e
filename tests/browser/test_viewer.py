"""One photo over the whole window, by keyboard and by touch."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def viewer(page: Page) -> Locator:
    """The viewer, while it is open."""
    return page.get_by_role("dialog", name="Photo viewer")


def caption(page: Page) -> Locator:
    """What is told of the photo in the viewer."""
    return viewer(page).locator(".pswp__caption")


@at_both_widths
def test_the_keyboard_opens_it_leafs_through_and_returns_to_the_photo_last_seen(visitor: Visitor) -> None:
    visitor.opens("?tag=lake")
    expect(visitor.page.locator(".tile")).to_have_count(3)
    names = [re.sub(r".*\((.*)\)$", r"\1", label) for label in alts(visitor.page)]
    visitor.tile(names[0]).focus()
    visitor.page.keyboard.press("Enter")
    expect(viewer(visitor.page)).to_have_attribute("aria-modal", "true")
    expect(caption(visitor.page)).to_contain_text(names[0])
    visitor.page.keyboard.press("ArrowRight")
    expect(caption(visitor.page)).to_contain_text(names[1])
    expect(viewer(visitor.page).locator(".pswp__counter")).to_have_text("2 / 3")
    visitor.page.keyboard.press("Escape")
    expect(viewer(visitor.page)).to_have_count(0)
    expect(visitor.tile(names[1])).to_be_focused()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake$"))


@on_a_phone
def test_back_closes_it_and_nothing_else(visitor: Visitor) -> None:
    visitor.opens("?tag=lake")
    visitor.tile("lake-2.jpg").click()
    expect(caption(visitor.page)).to_contain_text("lake-2.jpg")
    visitor.page.go_back()
    expect(viewer(visitor.page)).to_have_count(0)
    expect(visitor.heading("Lake")).to_be_visible()


def test_a_tag_under_a_photo_leads_to_its_photos(visitor: Visitor) -> None:
    visitor.opens()
    visitor.tile("lake-1.jpg").click()
    viewer(visitor.page).get_by_role("button", name="Photos tagged Mountain").click()
    expect(viewer(visitor.page)).to_have_count(0)
    expect(visitor.heading("Mountain")).to_be_visible()
    visitor.page.go_back()
    expect(visitor.heading("Public gallery")).to_be_visible()


def test_it_is_not_loaded_before_it_is_needed(visitor: Visitor) -> None:
    loaded: list[str] = []
    visitor.page.on("request", lambda request: loaded.append(request.url))
    visitor.opens()
    assert not [url for url in loaded if "viewer" in url]
    visitor.tile("lake-1.jpg").click()
    expect(viewer(visitor.page)).to_be_visible()
    assert [url for url in loaded if "viewer" in url]


def alts(page: Page) -> list[str]:
    """The photos of the grid in words, in their order."""
    return [image.get_attribute("alt") or "" for image in page.locator(".tile img").all()]
