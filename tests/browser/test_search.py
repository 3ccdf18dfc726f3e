"""Search: words, tags, suggestions, the dialog of filters, facets, and rejected files."""

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
def test_words_are_searched_and_one_that_nothing_matches_is_named(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    visitor.search_for("Mountain")
    expect(visitor.heading("“Mountain”")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="3 photos")).to_be_visible()
    tiles(page, "lake-1.jpg", "mountain-1.jpg", "mountain-2.jpg")
    expect(page.get_by_role("heading", level=2)).not_to_have_count(0)  # days
    visitor.search_for("zebra la")
    expect(page).to_have_url(re.compile(r"\?q=Mountain\+zebra\+la$"))
    expect(page.get_by_role("heading", name="Nothing matches “zebra”")).to_be_visible()
    page.locator(".empty").get_by_role("button", name="Remove “zebra”").click()
    tiles(page, "lake-1.jpg")
    visitor.filter_chip("“la”").click()
    tiles(page, "lake-1.jpg", "mountain-1.jpg", "mountain-2.jpg")
    expect(visitor.filter_chip("“Mountain”")).to_be_focused()


def test_suggestions_work_by_keyboard_and_are_announced(visitor: Visitor) -> None:
    visitor.open()
    visitor.search_field.press_sequentially("l")
    option = visitor.page.get_by_role("option", name="Lake")
    words = visitor.page.get_by_role("option", name="Search for “l")
    announcement = visitor.page.get_by_role("status").filter(has_text="Use the arrow keys to choose")
    expect(option).to_contain_text("3")
    expect(words).to_be_visible()
    expect(announcement).to_be_attached()
    expect(visitor.search_field).to_have_attribute("aria-expanded", "true")
    visitor.page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    expect(visitor.search_field).to_have_value("l")
    visitor.page.keyboard.type("a")
    expect(option).to_be_visible()
    expect(announcement).to_be_attached()
    expect(visitor.page.locator("[aria-selected=true]")).to_have_count(0)
    visitor.page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    visitor.page.keyboard.press("ArrowDown")
    expect(words).to_have_attribute("aria-selected", "true")
    visitor.page.keyboard.press("ArrowUp")
    visitor.page.keyboard.press("Enter")
    expect(visitor.heading("Lake")).to_be_visible()
    expect(visitor.search_field).to_have_value("")
    expect(visitor.search_field).to_have_attribute("aria-expanded", "false")


def test_enter_searches_for_the_words_though_a_tag_is_suggested(visitor: Visitor) -> None:
    visitor.open()
    visitor.search_field.press_sequentially("lak")
    expect(visitor.page.get_by_role("option", name="Lake")).to_be_visible()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page).to_have_url(re.compile(r"\?q=lak$"))
    tiles(visitor.page, "lake-1.jpg", "lake-2.jpg", "lake-3.jpg")


@on_a_phone
def test_a_tag_after_a_minus_is_excluded(visitor: Visitor) -> None:
    visitor.open("?tag=lake")
    visitor.search_field.press_sequentially("-mou")
    visitor.page.get_by_role("option", name="without Mountain").click()
    expect(visitor.heading("Lake, without Mountain")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake&not=mountain$"))
    tiles(visitor.page, "lake-2.jpg", "lake-3.jpg")
    visitor.filter_chip("without Mountain").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()


@at_both_widths
def test_filters_are_edited_in_a_dialog(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?tag=lake")
    page.get_by_role("button", name="Edit Lake").click()
    dialog = page.get_by_role("dialog", name="Filters")
    expect(dialog.get_by_label("Tags", exact=True)).to_be_focused()
    expect(dialog.get_by_label("Place")).to_have_count(0)
    dialog.get_by_label("Without tags").fill("mountain")
    dialog.get_by_label("To", exact=True).fill("2001-12-31")
    dialog.get_by_role("button", name="Show photos").click()
    expect(page).to_have_url(re.compile(r"\?tag=lake&not=mountain&to=2001-12-31$"))
    expect(page.get_by_role("heading", name="No photos match all of these")).to_be_visible()
    visitor.filter_chip("Until Dec 31, 2001").click()
    tiles(page, "lake-2.jpg", "lake-3.jpg")


@at_both_widths
def test_facets_narrow_the_search(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?tag=lake")
    visitor.button("Refine").click()
    page.get_by_role("group", name="Tags").get_by_role("button", name="Mountain, 1 photo").click()
    tiles(page, "lake-1.jpg")
    expect(page.get_by_role("group", name="Tags").get_by_role("button", name="Lake, 1 photo")).to_be_visible()
    page.get_by_role("group", name="Years").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile(r"\?tag=lake&tag=mountain&from=\d{4}-01-01&to=\d{4}-12-31$"))
    page.go_back()
    visitor.button("Refine").click()
    expect(page.get_by_role("group", name="Years")).to_have_count(0)


def test_the_search_stays_in_another_scope_without_own_filters(signed_in: Visitor) -> None:
    signed_in.open("?q=lake&favorite=true")
    expect(signed_in.page.get_by_role("heading", name="Nothing matches Favorites")).to_be_visible()
    signed_in.button("Public").click()
    expect(signed_in.page.get_by_text("so it was removed: Favorites")).to_be_visible()
    expect(signed_in.page).to_have_url(re.compile(r"\?q=lake&scope=public$"))
    tiles(signed_in.page, "lake-1.jpg", "lake-2.jpg", "lake-3.jpg")


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
