"""Offline: each view explains it, and loads when the browser is back online."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.devtools import set_offline
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import bar, checkbox
from tests.browser.test_viewer import info, viewer
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone
from tests.browser.visitor import Visitor

# Cached modules and images would load without a connection.
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_cache")]

OFFLINE_HINT = "It will load when you're back online."
PREVIEWS = re.compile("-derivatives-.*/preview")
DIALOGS = {
    "API keys": re.compile("New key|Create key"),
    "About this library": re.compile("Originals"),
    "Download photos": re.compile("Notify me"),
}


@pytest.fixture(autouse=True)
def allow_network_errors(allowed_errors: list[str]) -> None:
    """Network errors in the console are expected."""
    allowed_errors += ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "ERR_FAILED"]


def set_offline_and_wait(page: Page, offline: bool = True) -> None:
    """Take the page offline, or back online, and wait until it says so."""
    set_offline(page, offline)
    expect(page.get_by_text("You're offline")).to_have_count(1 if offline else 0)


def open_from_menu(owner: Visitor, name: str) -> None:
    """Open a dialog from the account menu."""
    owner.page.get_by_role("button", name="Account: ").click()
    owner.page.locator("#account").get_by_role("button", name=name, exact=True).click()


def close_dialog(owner: Visitor, dialog: Locator) -> None:
    """Close a dialog once it is open, and wait until its hash is removed."""
    expect(dialog).to_be_visible()
    owner.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(owner.page).to_have_url(re.compile("^[^#]*$"))


@on_a_desktop_and_proof_on_a_phone
def test_views_explain_offline_and_recover(owner: Visitor) -> None:
    page = owner.page
    expect(owner.tag("Lake")).to_be_visible()
    set_offline_and_wait(page)
    owner.tag("Lake").click()
    expect(page.get_by_role("alert")).to_contain_text(OFFLINE_HINT)
    found = dict(owner.axe_violations("a tag, offline"))
    assert too_small(page) == []
    assert overflows(page) == 0
    set_offline_and_wait(page, False)
    expect(owner.tile("lake-1.jpg")).to_be_visible()

    for name, content in DIALOGS.items():
        dialog = page.get_by_role("dialog", name=name)
        set_offline_and_wait(page)
        open_from_menu(owner, name)
        expect(page.get_by_text("Couldn't reach the library")).to_be_visible()
        set_offline_and_wait(page, False)
        expect(dialog).to_contain_text(content)
        expect(page.get_by_text("Couldn't reach the library")).to_have_count(0)
        close_dialog(owner, dialog)
        set_offline(page, True)
        open_from_menu(owner, name)
        expect(dialog).to_contain_text(OFFLINE_HINT)
        found |= owner.axe_violations(f"{name}, offline")
        set_offline(page, False)
        expect(dialog).to_contain_text(content)
        close_dialog(owner, dialog)
    assert found == {}


def test_parts_that_could_not_be_loaded_load_when_the_server_is_back(owner: Visitor) -> None:
    page, unreachable = owner.page, owner.page.get_by_text("Couldn't reach the library")
    page.route("**", lambda route: route.abort())
    page.get_by_role("link", name="Explore").click()
    expect(unreachable).to_be_visible()
    page.unroute("**")
    expect(page.get_by_role("region", name="Your tags")).to_be_visible()
    expect(unreachable).to_have_count(0)
    page.route("**", lambda route: route.abort())
    open_from_menu(owner, "About this library")
    expect(unreachable).to_be_visible()
    page.unroute("**")
    close_dialog(owner, page.get_by_role("dialog", name="About this library"))
    expect(unreachable).to_have_count(0)


def test_dialog_that_was_given_up_offline_stays_closed(owner: Visitor) -> None:
    page, about = owner.page, owner.page.get_by_role("dialog", name="About this library")
    set_offline_and_wait(page)
    open_from_menu(owner, "About this library")
    expect(page).to_have_url(re.compile("#about$"))
    owner.button("Dismiss").click()
    expect(page).to_have_url(re.compile("^[^#]*$"))
    set_offline_and_wait(page, False)
    open_from_menu(owner, "API keys")
    close_dialog(owner, page.get_by_role("dialog", name="API keys"))
    expect(about).to_have_count(0)


def test_dialog_requested_twice_offline_closes_once(owner: Visitor) -> None:
    page, about = owner.page, owner.page.get_by_role("dialog", name="About this library")
    set_offline_and_wait(page)
    for name in ("About this library", "API keys", "About this library"):
        open_from_menu(owner, name)
        expect(page.get_by_text("Couldn't reach the library")).to_be_visible()
    set_offline_and_wait(page, False)
    expect(about).to_be_visible()
    close_dialog(owner, about)
    expect(page.get_by_role("dialog")).to_have_count(0)


@on_a_desktop_and_proof_on_a_phone
def test_lazy_modules_load_when_back_online(signed_in: Visitor) -> None:
    page = signed_in.page
    signed_in.open("?tag=lake")
    set_offline_and_wait(page)
    signed_in.tile("lake-1.jpg").click()
    expect(page.get_by_text("Couldn't reach the library")).to_be_visible()
    checkbox(signed_in, "lake-1.jpg").focus()
    page.keyboard.press("Space")
    page.keyboard.press("?")
    set_offline_and_wait(page, False)
    expect(bar(page)).to_contain_text("1 selected")
    page.keyboard.press("Escape")
    expect(bar(page)).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.route(PREVIEWS, lambda route: route.abort())
    signed_in.tile("lake-1.jpg").click()
    expect(viewer(page)).to_contain_text("Couldn't load this photo.")
    set_offline(page, True)
    page.keyboard.press("i")
    expect(info(page)).to_contain_text(re.compile("ObjectCreated:"))
    assert signed_in.axe_violations("failed image") == {}
    page.unroute(PREVIEWS)
    set_offline(page, False)
    expect(viewer(page).get_by_text("Couldn't load this photo.")).to_have_count(0)
