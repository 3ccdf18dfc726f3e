"""Search: several tags, suggestions, dates, and rejected files."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

NOT_AN_IMAGE = b"Milk, bread, a lamp for the hall.\n"


def tiles(page: Page, *names: str) -> None:
    """Expect exactly these photos, in any order."""
    expect(page.locator(".tile")).to_have_count(len(names))
    for name in names:
        expect(page.locator("main").get_by_role("link", name=name)).to_be_visible()


@at_both_widths
def test_tags_are_combined_by_all_or_any_and_removed(visitor: Visitor) -> None:
    visitor.open("?tag=lake")
    visitor.tag("Mountain").click()
    expect(visitor.heading("Lake and Mountain")).to_be_visible()
    tiles(visitor.page, "lake-1.jpg")
    visitor.page.get_by_role("group", name="Match").get_by_role("button", name="Any").click()
    expect(visitor.heading("Lake or Mountain")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake&tag=mountain&match=any$"))
    expect(visitor.tile("mountain-2.jpg")).to_be_visible()
    visitor.page.reload()
    expect(visitor.tile("mountain-2.jpg")).to_be_visible()
    visitor.filter_chip("Lake").click()
    expect(visitor.heading("Mountain")).to_be_visible()
    tiles(visitor.page, "lake-1.jpg", "mountain-1.jpg", "mountain-2.jpg")
    expect(visitor.filter_chip("Mountain")).to_be_focused()
    visitor.page.go_back()
    expect(visitor.heading("Lake or Mountain")).to_be_visible()
    visitor.button("All photos").click()
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.page).to_have_url(visitor.library.page_url)


@at_both_widths
def test_excluding_a_tag_needs_a_tag_to_search_for(visitor: Visitor) -> None:
    visitor.open()
    visitor.search_for("-mountain")
    expect(visitor.page.get_by_text("Search for a tag first")).to_be_visible()
    visitor.search_for("lake")
    visitor.button("Exclude…").click()
    expect(visitor.search_field).to_be_focused()
    visitor.page.keyboard.type("mountain")
    visitor.page.keyboard.press("Enter")
    expect(visitor.heading("Lake, without Mountain")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake&not=mountain$"))
    tiles(visitor.page, "lake-2.jpg", "lake-3.jpg")
    visitor.filter_chip("“without Mountain”").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


def test_suggestions_work_by_keyboard_and_are_announced(visitor: Visitor) -> None:
    visitor.open()
    visitor.search_field.press_sequentially("la")
    option = visitor.page.get_by_role("option", name="Lake")
    announcement = visitor.page.get_by_role("status").filter(has_text="Use the arrow keys to choose")
    expect(option).to_contain_text("3")
    expect(announcement).to_be_attached()
    expect(visitor.search_field).to_have_attribute("aria-expanded", "true")
    visitor.page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    expect(visitor.search_field).to_have_value("la")
    visitor.page.keyboard.type("k")
    expect(option).to_be_visible()
    expect(announcement).to_be_attached()  # the suggestions for the whole text are here: they reset the selection
    visitor.page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    visitor.page.keyboard.press("Enter")
    expect(visitor.heading("Lake")).to_be_visible()
    expect(visitor.search_field).to_have_value("")
    expect(visitor.search_field).to_have_attribute("aria-expanded", "false")
    visitor.search_field.press_sequentially("lak")
    expect(visitor.page.get_by_role("status").filter(has_text="No matching tags.")).to_be_attached()


@on_a_phone
def test_suggestion_completes_the_last_term(visitor: Visitor) -> None:
    visitor.open()
    visitor.search_field.press_sequentially("lake, -mou")
    visitor.page.get_by_role("option", name="without Mountain").click()
    expect(visitor.heading("Lake, without Mountain")).to_be_visible()


@at_both_widths
def test_dates_filter_the_timeline_and_are_cleared_by_tags(visitor: Visitor) -> None:
    visitor.open()
    visitor.button("Dates").click()
    visitor.page.get_by_label("From", exact=True).fill("2001-01-01")
    visitor.page.get_by_label("To", exact=True).fill("2001-12-31")
    visitor.button("Apply").click()
    expect(visitor.button("Dates")).to_be_focused()
    expect(visitor.page).to_have_url(re.compile(r"\?from=2001-01-01&to=2001-12-31$"))
    expect(visitor.page.get_by_role("heading", name="No photos from these dates")).to_be_visible()
    visitor.filter_chip("dates").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    visitor.open("?from=2001-01-01")
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    visitor.tag("Lake").click()
    expect(visitor.page.get_by_text("the dates were cleared")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake$"))
    visitor.button("Dates").click()
    expect(visitor.page.get_by_text("clears the tags")).to_be_visible()


@at_both_widths
def test_rejected_files_are_listed_with_reasons(owner: Visitor) -> None:
    owner.choose_files(("shopping.jpg", "image/jpeg", NOT_AN_IMAGE))
    owner.start_upload(1)
    expect(owner.upload("shopping.jpg")).to_have_attribute("data-stage", "rejected")
    owner.button("Close uploads").click()
    owner.page.get_by_role("button", name=re.compile("need.? attention")).click()
    expect(owner.heading("Needs attention")).to_be_visible()
    expect(owner.page).to_have_url(re.compile(r"\?state=rejected$"))
    row = owner.page.get_by_role("listitem").filter(has_text="shopping.jpg").first
    expect(row).to_contain_text("not an image")
    expect(row.get_by_role("link", name="Download file shopping.jpg")).to_be_visible()
    expect(owner.page.locator(".tile")).to_have_count(0)
    owner.button("All photos").click()
    expect(owner.tile("secret.jpg")).to_be_visible()


def test_signed_out_user_sees_no_rejected_files(visitor: Visitor) -> None:
    visitor.open("?state=rejected")
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.page.get_by_role("button", name=re.compile("attention"))).to_have_count(0)
