"""API keys: creating, copying, using and revoking."""

import json
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.test_accessibility import overflows, too_small
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def open_dialog(owner: Visitor) -> Locator:
    """Open the dialog with the account menu."""
    owner.page.get_by_role("button", name="Account: ").click()
    owner.button("API keys").click()
    dialog = owner.page.get_by_role("dialog", name="API keys")
    expect(dialog.get_by_role("button", name=re.compile("^(New|Create) key$"))).to_be_visible()
    return dialog


def create_key(owner: Visitor, keys: Locator, name: str, *rights: str) -> str:
    """Create a key with read and these permissions; return it from the clipboard."""
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
    """The status of an API request with this key."""
    request = Request(f"{owner.library.api_url}/photos", headers={"Authorization": f"Bearer {key}"})
    try:
        with urlopen(request, timeout=10) as response:
            return int(response.status)
    except HTTPError as refused:
        return refused.code


@on_a_desktop_and_proof_on_a_phone
def test_key_is_created_used_and_revoked(owner: Visitor, screen: object) -> None:
    page, name = owner.page, f"Greenhouse {json.dumps(screen)}"
    keys = open_dialog(owner)
    expect(page).to_have_url(re.compile("#keys$"))
    if owner.button("New key").is_visible():
        owner.button("New key").click()
    owner.button("Create key").click()
    expect(keys.get_by_role("alert")).to_contain_text("name")
    expect(keys.get_by_role("textbox", name="Name")).to_be_focused()
    found = dict(owner.axe_violations("form"))
    assert too_small(page) == []

    key = create_key(owner, keys, name, "Upload")
    assert key.startswith("tt_")
    line = keys.locator("code").nth(1)
    expect(line).to_have_text(f'curl -H "Authorization: Bearer {key}" {owner.library.api_url}/photos')
    expect(keys.locator("code").nth(2)).to_have_text(
        f"TINTYPE_URL={owner.library.api_url} TINTYPE_KEY={key} tintype export --to tintype-export"
    )
    assert status(owner, key) == 200
    found |= owner.axe_violations("made")
    assert too_small(page) == []
    assert overflows(page) == 0

    owner.button("Done").click()
    expect(keys.get_by_text(key)).to_have_count(0)
    row = keys.get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text("Read, Upload")
    row.get_by_role("button", name="Revoke").click()
    expect(row.get_by_role("button", name="Cancel")).to_be_focused()
    found |= owner.axe_violations("about to be revoked")
    assert too_small(page) == []
    page.keyboard.press("Escape")
    expect(row.get_by_role("button", name="Revoke")).to_be_focused()
    row.get_by_role("button", name="Revoke").click()
    row.get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)
    expect(keys.get_by_role("status")).to_have_text(f"Key revoked: {name}")
    assert status(owner, key) == 401
    assert found == {}


def test_escape_does_not_discard_an_uncopied_key(owner: Visitor) -> None:
    keys = open_dialog(owner)
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


def test_keys_dialog_follows_the_url_hash(owner: Visitor) -> None:
    keys = open_dialog(owner)
    owner.page.go_back()
    expect(keys).to_have_count(0)
    owner.page.go_forward()
    expect(keys).to_be_visible()
    owner.page.reload()
    expect(keys).to_be_visible()
    owner.button("Close API keys").click()
    expect(keys).to_have_count(0)
    expect(owner.page).to_have_url(owner.library.page_url)


def test_signed_out_user_sees_no_keys_dialog(visitor: Visitor) -> None:
    visitor.open("#keys")
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    visitor.sign_in()
    expect(visitor.page.get_by_role("dialog", name="API keys")).to_be_visible()


def test_failed_list_of_keys_can_be_retried(owner: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("net::ERR_FAILED")
    owner.page.route("**/keys", lambda route: route.abort())
    owner.page.get_by_role("button", name="Account: ").click()
    owner.button("API keys").click()
    expect(owner.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Couldn't reach the library")
    owner.page.unroute_all()
    owner.button("Try again").click()
    expect(
        owner.page.get_by_role("dialog").get_by_role("button", name=re.compile("^(New|Create) key$"))
    ).to_be_visible()
