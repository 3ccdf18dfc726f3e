"""Random photos of a tag, and their odds."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import too_small
from tests.browser.test_viewer import caption, viewer
from tests.browser.viewports import at_both_widths
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@at_both_widths
def test_random_photo_shows_its_odds_and_another(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?tag=lake")
    visitor.button("Surprise me").click()
    odds = viewer(page).locator(".pswp__draw-odds")
    expect(odds).to_contain_text("33% chance (about 1 in 3)")
    expect(caption(page)).to_contain_text(re.compile(r"lake-\d\.jpg"))
    assert visitor.axe_violations("surprised") == {}
    assert too_small(page.locator(".pswp")) == []
    with page.expect_response("**/random?*") as response:
        odds.get_by_role("button", name="Show another").click()
    drawn = response.value.json()
    expect(caption(page)).to_contain_text(drawn["photo"]["filename"])
    expect(viewer(page).locator(".pswp__img:not(.pswp__img--placeholder)").first).to_have_attribute(
        "alt", re.compile(re.escape(drawn["photo"]["filename"]))
    )
    expect(odds.get_by_role("button", name="Show another")).to_be_focused()
    page.keyboard.press("Escape")
    expect(viewer(page)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?tag=lake$"))


def test_random_photo_of_a_tag_with_one_photo(signed_in: Visitor) -> None:
    signed_in.open("?tag=diary")
    signed_in.button("Surprise me").click()
    expect(viewer(signed_in.page)).to_contain_text("the only photo with this tag")


def test_random_photo_needs_exactly_one_tag(visitor: Visitor) -> None:
    visitor.open()
    expect(visitor.button("Surprise me")).to_have_count(0)
    visitor.open("?tag=lake&not=mountain")
    expect(visitor.button("Surprise me")).to_have_count(0)
