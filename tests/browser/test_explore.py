"""Explore: covers of tags that open their photos, and the links to the views."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import overflows, too_small
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@on_a_desktop_and_proof_on_a_phone
def test_covers_open_their_photos(owner: Visitor) -> None:
    page = owner.page
    page.get_by_role("link", name="Explore").click()
    expect(page.get_by_role("region", name="Your tags").get_by_role("link", name="Diary 1 photo")).to_be_visible()
    # A word that labelers give too.
    lake = page.get_by_role("region", name="Found in photos").get_by_role("link", name="Lake 3 photos")
    assert owner.axe_violations("explore") == {}
    assert too_small(page.locator("main")) == []
    assert overflows(page) == 0
    page.reload()
    lake.click()
    expect(owner.heading("Lake")).to_be_visible()
    expect(owner.tile("lake-1.jpg")).to_be_visible()
    page.go_back()
    expect(owner.heading("Explore")).to_be_visible()
    expect(page.get_by_role("link", name="Explore")).to_have_attribute("aria-current", "page")


def test_views_have_addresses(owner: Visitor) -> None:
    page = owner.page
    page.get_by_role("link", name="Recently added").click()
    expect(page).to_have_url(re.compile(r"\?order=added$"))
    expect(owner.heading("Recently added")).to_be_visible()
    expect(owner.tile("secret.jpg")).to_be_visible()
    page.get_by_role("link", name="On this day").click()
    expect(page).to_have_url(re.compile(r"\?to=\d{4}-12-31&on=\d\d-\d\d$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^\w+ \d+ in earlier years$"))
    expect(page).to_have_title("On this day · Tintype")
    expect(page.get_by_role("link", name="On this day")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="Photos", exact=True).click()
    expect(page.get_by_role("link", name="Photos", exact=True)).to_have_attribute("aria-current", "page")
    expect(owner.tile("secret.jpg")).to_be_visible()


def test_public_gallery_can_be_explored(visitor: Visitor) -> None:
    visitor.open()
    expect(visitor.page.get_by_role("link", name="Map", exact=True)).to_have_count(0)
    visitor.page.get_by_role("link", name="Explore").click()
    visitor.page.get_by_role("link", name=re.compile("^Mountain 3 photos")).click()
    expect(visitor.heading("Mountain")).to_be_visible()
