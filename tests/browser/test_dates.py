"""Correcting when photos were taken: one in the viewer, and a selection."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OwnPhotos
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import bar, checkbox, toast
from tests.browser.test_viewer import caption, info, viewer
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone, on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(signed_in: Visitor) -> Visitor:
    """The demo user, signed in; each test opens the page."""
    return signed_in


def day(page: Page, day_of_march: int) -> Locator:
    """The photos of a day in March 2019; next to another day, its heading is short."""
    return page.get_by_role("region", name=re.compile(rf"\bMar(ch)? {day_of_march}, 2019$"))


@on_a_desktop_and_proof_on_a_phone
def test_corrected_photo_moves_to_its_day_and_back(owner: Visitor, own_photos: OwnPhotos) -> None:
    page, name = owner.page, f"{own_photos(1)}-1.jpg"
    owner.open()
    owner.tile(name).click()
    expect(viewer(page)).to_be_visible()
    page.keyboard.press("i")
    form = info(page).get_by_role("form", name="Date taken")
    expect(form.get_by_label("Date", exact=True)).to_have_value("")
    expect(caption(page).locator("time")).to_have_text(re.compile("^Added "))
    form.get_by_label("Date", exact=True).fill("2019-03-14")
    form.get_by_label("Time", exact=True).fill("23:30:05")
    form.get_by_label("Time zone").select_option("UTC-8")
    form.get_by_role("button", name="Save date").click()
    expect(info(page)).to_contain_text("March 14, 2019, 11:30 PM, UTC-8 (corrected)")
    expect(form).to_contain_text("The file has none.")
    expect(form.get_by_role("button", name="Remove date")).to_be_visible()
    expect(caption(page).locator("time")).to_have_text("March 14, 2019")
    form.get_by_role("button", name="Save date").click()
    expect(form.get_by_role("alert")).to_have_text("Change the date, the time or the time zone first.")
    assert owner.axe_violations("a corrected date") == {}
    assert too_small(page.locator(".pswp")) == []
    expect(day(page, 14).locator(".tile")).to_have_count(1)

    form.get_by_role("button", name="Undo").click()
    expect(form.get_by_label("Date", exact=True)).to_have_value("")
    expect(form.get_by_role("button", name="Save date")).to_be_focused()
    expect(form.get_by_role("button", name="Undo")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(viewer(page)).to_have_count(0)
    expect(day(page, 14)).to_have_count(0)
    expect(owner.tile(name)).to_be_focused()


@on_a_phone_and_proof_on_a_desktop
def test_dates_of_selection_are_set_and_shifted_with_undo(owner: Visitor, own_photos: OwnPhotos) -> None:
    page, tag = owner.page, own_photos(2)
    owner.open()

    for number in (1, 2):
        checkbox(owner, f"{tag}-{number}.jpg").focus()
        page.keyboard.press("Space")

    def open_dialog() -> Locator:
        bar(page).get_by_role("button", name="Edit date…").click()
        return page.get_by_role("dialog", name="Edit dates of 2 photos")

    dialog = open_dialog()
    assert too_small(page) == []
    dialog.get_by_role("radio", name="Shift").check()
    expect(dialog).to_contain_text("These photos have no date yet.")
    dialog.get_by_role("radio", name="Date and time").check()
    dialog.get_by_label("Date", exact=True).fill("2019-03-14")
    dialog.get_by_label("Time", exact=True).fill("23:30:05")
    found = dict(owner.axe_violations("set dates"))
    dialog.get_by_role("button", name="Change dates").click()
    expect(toast(page)).to_contain_text("Dates of 2 photos changed.")
    expect(day(page, 14).locator(".tile")).to_have_count(2)

    dialog = open_dialog()
    dialog.get_by_role("radio", name="Shift").check()
    dialog.get_by_role("button", name="Change dates").click()
    expect(dialog.get_by_role("alert")).to_have_text("Enter by how much to shift.")
    dialog.get_by_label("Days").fill("99999")
    expect(dialog).to_contain_text("isn't possible. A photo can be taken from the year 1826 to the day it is added.")
    dialog.get_by_label("Days").fill("-1")
    expect(dialog.get_by_role("status")).to_have_text("")
    dialog.get_by_label("Days").fill("0")
    dialog.get_by_label("Hours").fill("1")
    expect(dialog).to_contain_text("March 14, 2019, 11:30 PM becomes March 15, 2019, 12:30 AM.")
    found |= owner.axe_violations("shift dates")
    assert too_small(page) == []
    assert overflows(page) == 0
    dialog.get_by_role("button", name="Change dates").click()
    expect(toast(page)).to_contain_text("Dates of 2 photos shifted.")
    expect(day(page, 15).locator(".tile")).to_have_count(2)
    expect(day(page, 14)).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(day(page, 14).locator(".tile")).to_have_count(2)
    assert found == {}
