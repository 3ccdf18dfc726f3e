"""Finding photos: several tags, suggestions, days, and the files that could not be used."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

NO_PICTURE = b"Milk, bread, a lamp for the hall.\n"


def tiles(page: Page, *names: str) -> None:
    """Expects exactly these photos, in any order."""
    expect(page.locator(".tile")).to_have_count(len(names))
    for name in names:
        expect(page.locator("main").get_by_role("button", name=name)).to_be_visible()


@at_both_widths
def test_tags_narrow_together_widen_apart_and_go_one_by_one(visitor: Visitor) -> None:
    visitor.opens("?tag=lake")
    visitor.tag("Mountain").click()
    expect(visitor.heading("Lake and Mountain")).to_be_visible()
    tiles(visitor.page, "lake-1.jpg")
    visitor.page.get_by_role("group", name="Match").get_by_role("button", name="Any").click()
    expect(visitor.heading("Lake or Mountain")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake&tag=mountain&match=any$"))
    expect(visitor.tile("mountain-2.jpg")).to_be_visible()
    visitor.page.reload()
    expect(visitor.tile("mountain-2.jpg")).to_be_visible()
    visitor.term("Lake").click()
    expect(visitor.heading("Mountain")).to_be_visible()
    tiles(visitor.page, "lake-1.jpg", "mountain-1.jpg", "mountain-2.jpg")
    expect(visitor.term("Mountain")).to_be_focused()
    visitor.page.go_back()
    expect(visitor.heading("Lake or Mountain")).to_be_visible()
    visitor.button("All photos").click()
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.page).to_have_url(visitor.library.page_url)


@at_both_widths
def test_a_tag_can_be_left_out_once_there_is_one_to_look_for(visitor: Visitor) -> None:
    visitor.opens()
    visitor.looks_for("-mountain")
    expect(visitor.page.get_by_text("Search for a tag first")).to_be_visible()
    visitor.looks_for("lake")
    visitor.button("Exclude…").click()
    expect(visitor.search).to_be_focused()
    visitor.page.keyboard.type("mountain")
    visitor.page.keyboard.press("Enter")
    expect(visitor.heading("Lake, without Mountain")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake&not=mountain$"))
    tiles(visitor.page, "lake-2.jpg", "lake-3.jpg")
    visitor.term("“without Mountain”").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


def test_the_search_suggests_tags_for_the_keyboard_and_says_how_many(visitor: Visitor) -> None:
    visitor.opens()
    visitor.search.press_sequentially("la")
    option = visitor.page.get_by_role("option", name="Lake")
    expect(option).to_contain_text("3")
    expect(visitor.page.get_by_role("status").filter(has_text="Use the arrow keys to choose")).to_be_attached()
    expect(visitor.search).to_have_attribute("aria-expanded", "true")
    visitor.page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    expect(visitor.search).to_have_value("la")
    visitor.page.keyboard.type("k")
    expect(option).to_be_visible()
    visitor.page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    visitor.page.keyboard.press("Enter")
    expect(visitor.heading("Lake")).to_be_visible()
    expect(visitor.search).to_have_value("")
    expect(visitor.search).to_have_attribute("aria-expanded", "false")
    visitor.search.press_sequentially("lak")
    expect(visitor.page.get_by_role("status").filter(has_text="No matching tags.")).to_be_attached()


@on_a_phone
def test_a_suggestion_can_be_pressed_and_completes_the_last_of_several_terms(visitor: Visitor) -> None:
    visitor.opens()
    visitor.search.press_sequentially("lake, -mou")
    visitor.page.get_by_role("option", name="without Mountain").click()
    expect(visitor.heading("Lake, without Mountain")).to_be_visible()


@at_both_widths
def test_days_narrow_the_timeline_and_make_way_for_tags(visitor: Visitor) -> None:
    visitor.opens()
    visitor.button("Dates").click()
    visitor.page.get_by_label("From", exact=True).fill("2001-01-01")
    visitor.page.get_by_label("To", exact=True).fill("2001-12-31")
    visitor.button("Apply").click()
    expect(visitor.button("Dates")).to_be_focused()
    expect(visitor.page).to_have_url(re.compile(r"\?from=2001-01-01&to=2001-12-31$"))
    expect(visitor.page.get_by_role("heading", name="No photos from these dates")).to_be_visible()
    visitor.term("dates").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    visitor.opens("?from=2001-01-01")
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    visitor.tag("Lake").click()
    expect(visitor.page.get_by_text("the dates were cleared")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake$"))
    visitor.button("Dates").click()
    expect(visitor.page.get_by_text("clears the tags")).to_be_visible()


@at_both_widths
def test_files_that_could_not_be_used_are_told_with_their_reasons(owner: Visitor) -> None:
    owner.chooses(("shopping.jpg", "image/jpeg", NO_PICTURE))
    owner.adds(1)
    expect(owner.upload("shopping.jpg")).to_have_attribute("data-stage", "rejected")
    owner.button("Close uploads").click()
    owner.page.get_by_role("button", name=re.compile("need.? attention")).click()
    expect(owner.heading("Needs attention")).to_be_visible()
    expect(owner.page).to_have_url(re.compile(r"\?state=rejected$"))
    told = owner.page.get_by_role("listitem").filter(has_text="shopping.jpg").first
    expect(told).to_contain_text("not an image")
    expect(told.get_by_role("link", name="Download file shopping.jpg")).to_be_visible()
    expect(owner.page.locator(".tile")).to_have_count(0)
    owner.button("All photos").click()
    expect(owner.tile("secret.jpg")).to_be_visible()


def test_nobody_else_is_told_of_them(visitor: Visitor) -> None:
    visitor.opens("?state=rejected")
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.page.get_by_role("button", name=re.compile("attention"))).to_have_count(0)
