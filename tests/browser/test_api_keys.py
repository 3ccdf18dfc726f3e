"""API keys on the page: made, copied, tried, revoked."""

import json
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.test_accessibility import overflows, too_small
from tests.browser.viewports import at_both_widths
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def opened(owner: Visitor) -> Locator:
    """The keys, by way of the account's menu."""
    owner.page.get_by_role("button", name="Account: ").click()
    owner.button("API keys").click()
    dialog = owner.page.get_by_role("dialog", name="API keys")
    expect(dialog.get_by_role("button", name=re.compile("^(New|Create) key$"))).to_be_visible()
    return dialog


def make(owner: Visitor, keys: Locator, name: str, *rights: str) -> str:
    """Makes a key that can read, and these; answers it as it is copied."""
    if owner.button("New key").is_visible():
        owner.button("New key").click()
    keys.get_by_role("textbox", name="Name").fill(name)
    for right in rights:
        keys.get_by_role("checkbox", name=right).check()
    owner.button("Create key").click()
    expect(owner.button("Copy key")).to_be_focused()
    owner.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.button("Copy key").click()
    expect(keys.get_by_role("status")).to_have_text("Copied")
    return str(owner.page.evaluate("navigator.clipboard.readText()"))


def status(owner: Visitor, key: str) -> int:
    """What the library answers to this key."""
    request = Request(f"{owner.library.api_url}/photos", headers={"Authorization": f"Bearer {key}"})
    try:
        with urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


@at_both_widths
def test_a_key_is_made_tried_and_revoked_with_nothing_for_axe_to_find(owner: Visitor, screen: object) -> None:
    page, name = owner.page, f"Greenhouse {json.dumps(screen)}"
    keys = opened(owner)
    expect(page).to_have_url(re.compile("#keys$"))
    if owner.button("New key").is_visible():
        owner.button("New key").click()
    owner.button("Create key").click()
    expect(keys.get_by_role("alert")).to_contain_text("name")
    expect(keys.get_by_role("textbox", name="Name")).to_be_focused()
    found = dict(owner.complaints("form"))
    assert too_small(page) == []

    key = make(owner, keys, name, "Upload")
    assert key.startswith("tt_")
    line = keys.locator("code").nth(1)
    expect(line).to_have_text(f'curl -H "Authorization: Bearer {key}" {owner.library.api_url}/photos')
    assert status(owner, key) == 200
    found |= owner.complaints("made")
    assert too_small(page) == []
    assert overflows(page) == 0

    owner.button("Done").click()
    expect(keys.get_by_text(key)).to_have_count(0)
    row = keys.get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text("Read, Upload")
    row.get_by_role("button", name="Revoke").click()
    expect(row.get_by_role("button", name="Cancel")).to_be_focused()
    found |= owner.complaints("about to be revoked")
    assert too_small(page) == []
    page.keyboard.press("Escape")
    expect(row.get_by_role("button", name="Revoke")).to_be_focused()
    row.get_by_role("button", name="Revoke").click()
    row.get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)
    expect(keys.get_by_role("status")).to_have_text(f"Key revoked: {name}")
    assert status(owner, key) == 401
    assert found == {}


def test_a_key_that_was_not_copied_is_not_lost_by_one_press_of_escape(owner: Visitor) -> None:
    keys = opened(owner)
    if owner.button("New key").is_visible():
        owner.button("New key").click()
    keys.get_by_role("textbox", name="Name").fill("Attic")
    owner.button("Create key").click()
    expect(owner.button("Copy key")).to_be_focused()
    owner.page.keyboard.press("Escape")
    expect(keys).to_be_visible()
    expect(keys.get_by_role("status")).to_contain_text("Copy this key now")
    owner.button("Done").click()
    owner.page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(owner.page.get_by_role("button", name="Account: ")).to_be_focused()
    expect(owner.page).to_have_url(owner.library.page_url)


def test_back_closes_the_keys_and_their_address_opens_them(owner: Visitor) -> None:
    keys = opened(owner)
    owner.page.go_back()
    expect(keys).to_have_count(0)
    owner.page.go_forward()
    expect(keys).to_be_visible()
    owner.page.reload()
    expect(keys).to_be_visible()
    owner.button("Close API keys").click()
    expect(keys).to_have_count(0)
    expect(owner.page).to_have_url(owner.library.page_url)


def test_a_stranger_is_shown_no_keys(visitor: Visitor) -> None:
    visitor.opens("#keys")
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    visitor.signs_in()
    expect(visitor.page.get_by_role("dialog", name="API keys")).to_be_visible()


def test_an_outage_is_told_and_the_list_can_be_asked_for_again(owner: Visitor, tolerated: list[str]) -> None:
    tolerated.append("net::ERR_FAILED")
    owner.page.route("**/keys", lambda route: route.abort())
    owner.page.get_by_role("button", name="Account: ").click()
    owner.button("API keys").click()
    expect(owner.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Couldn't reach the library")
    owner.page.unroute_all()
    owner.button("Try again").click()
    expect(
        owner.page.get_by_role("dialog").get_by_role("button", name=re.compile("^(New|Create) key$"))
    ).to_be_visible()
