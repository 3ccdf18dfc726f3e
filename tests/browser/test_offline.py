"""Without a line: each view says so calmly, and comes by itself once there is one again."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import bar, circle
from tests.browser.test_viewer import info, viewer
from tests.browser.viewports import at_both_widths, on_a_desktop_and_long_on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CALM = "It will load when you're back online."
PREVIEWS = re.compile("-derivatives-.*/preview")
DESKS = {
    "API keys": re.compile("New key|Create key"),
    "About this library": re.compile("Originals"),
    "Download photos": re.compile("Notify me"),
}


@pytest.fixture(autouse=True)
def lines_that_end(tolerated: list[str]) -> None:
    """What the browser itself complains of."""
    tolerated += ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "ERR_FAILED"]


def offline(page: Page, ended: bool = True) -> None:
    """Ends the line, or brings it back."""
    page.context.set_offline(ended)
    expect(page.get_by_text("You're offline")).to_have_count(1 if ended else 0)


def chooses(owner: Visitor, name: str) -> None:
    """Something in the account's menu."""
    owner.page.get_by_role("button", name="Account: ").click()
    owner.page.locator("#account").get_by_role("button", name=name, exact=True).click()


def closes(owner: Visitor, dialog: Locator) -> None:
    """Puts a dialog away, and its address with it."""
    owner.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(owner.page).to_have_url(re.compile("^[^#]*$"))


@on_a_desktop_and_long_on_a_phone
def test_every_view_says_so_and_comes_by_itself(owner: Visitor) -> None:
    page = owner.page
    expect(owner.tag("Lake")).to_be_visible()
    offline(page)
    owner.tag("Lake").click()
    expect(page.get_by_role("alert")).to_contain_text(CALM)
    found = dict(owner.complaints("a tag, offline"))
    assert too_small(page) == []
    assert overflows(page) == 0
    offline(page, False)
    expect(owner.tile("lake-1.jpg")).to_be_visible()

    for name, told in DESKS.items():
        dialog = page.get_by_role("dialog", name=name)
        offline(page)
        chooses(owner, name)
        expect(page.get_by_text("Couldn't reach the library")).to_be_visible()
        offline(page, False)
        expect(dialog).to_contain_text(told)
        expect(page.get_by_text("Couldn't reach the library")).to_have_count(0)
        closes(owner, dialog)
        page.context.set_offline(True)
        chooses(owner, name)
        expect(dialog).to_contain_text(CALM)
        found |= owner.complaints(f"{name}, offline")
        page.context.set_offline(False)
        expect(dialog).to_contain_text(told)
        closes(owner, dialog)
    assert found == {}


@at_both_widths
def test_what_was_not_loaded_yet_can_be_asked_for_again(owner: Visitor) -> None:
    page = owner.page
    owner.opens("?tag=lake")
    offline(page)
    owner.tile("lake-1.jpg").click()
    expect(page.get_by_text("Couldn't reach the library")).to_be_visible()
    circle(owner, "lake-1.jpg").focus()
    page.keyboard.press("Space")
    page.keyboard.press("?")
    offline(page, False)
    expect(bar(page)).to_contain_text("1 selected")
    page.keyboard.press("Escape")
    expect(bar(page)).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.route(PREVIEWS, lambda route: route.abort())
    owner.tile("lake-1.jpg").click()
    expect(viewer(page)).to_contain_text("Couldn't load this photo.")
    page.context.set_offline(True)
    page.keyboard.press("i")
    expect(info(page)).to_contain_text(re.compile("ObjectCreated:"))
    assert owner.complaints("a picture that did not load") == {}
    page.unroute(PREVIEWS)
    page.context.set_offline(False)
    expect(viewer(page).get_by_text("Couldn't load this photo.")).to_have_count(0)
