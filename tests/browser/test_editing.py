"""Editing a photo in the viewer: tags, visibility, name, label, weight; and conflicts."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OwnPhotos, api_request
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import toast
from tests.browser.test_viewer import info, viewer
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone, on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(signed_in: Visitor) -> Visitor:
    """The demo user, signed in; `tag` opens the page."""
    return signed_in


@pytest.fixture
def tag(owner: Visitor, own_photos: OwnPhotos) -> str:
    """A tag unique to the test, with one photo that is open in the viewer with its info panel."""
    tag = own_photos(1)
    owner.open(f"?tag={tag}")
    owner.tile(f"{tag}-1.jpg").click()
    expect(viewer(owner.page)).to_be_visible()
    owner.page.keyboard.press("i")
    expect(field(owner.page, "File name")).to_have_value(f"{tag}-1.jpg")
    return tag


def field(page: Page, name: str) -> Locator:
    """A text field of the info panel."""
    return info(page).get_by_role("textbox", name=name, exact=True)


def tags(page: Page) -> Locator:
    """The buttons that remove tags."""
    return info(page).get_by_role("button", name="Remove ")


def fetch_record(owner: Visitor, tag: str) -> dict[str, Any]:
    """The photo as the API returns it."""
    photos = api_request(owner.library, f"/gallery/articles?tag={tag}", owner.library.token())["items"]
    photo: dict[str, Any] = photos[0]
    return photo


def edit_elsewhere(owner: Visitor, tag: str, change: dict[str, object]) -> None:
    """Edit the photo as another tab would."""
    headers = {"Authorization": f"Bearer {owner.library.token()}", "Content-Type": "application/json"}
    url, body = f"{owner.library.api_url}/photos/{fetch_record(owner, tag)['photo_id']}", json.dumps(change).encode()
    with urlopen(Request(url, data=body, headers=headers, method="PATCH"), timeout=10):
        pass


@on_a_phone_and_proof_on_a_desktop
def test_tags_and_visibility_can_be_edited(owner: Visitor, tag: str) -> None:
    page = owner.page
    entry = info(page).get_by_role("combobox", name="Add tags")
    entry.press_sequentially("moun")
    expect(page.get_by_role("option", name="Mountain")).to_be_visible()
    found = dict(owner.axe_violations("editing, tags offered"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    remove = info(page).get_by_role("button", name="Remove Mountain")
    expect(remove).to_be_visible()
    long = "w" * 64
    entry.fill(f"harbour, i like it, {long}")
    page.keyboard.press("Enter")
    expect(info(page).get_by_role("button", name="Remove I Like It")).to_be_visible()
    # A long tag stays inside the panel.
    assert info(page).evaluate("panel => panel.scrollWidth - panel.clientWidth") == 0
    info(page).get_by_role("button", name="Everyone").click()
    expect(info(page).get_by_role("button", name="Everyone")).to_have_attribute("aria-pressed", "true")
    expect(info(page).get_by_text("Saving…")).to_have_count(0)
    assert {tag, "mountain", "harbour", "i like it"} <= set(fetch_record(owner, tag)["tags"])
    assert fetch_record(owner, tag)["status"] == "public"
    found |= owner.axe_violations("editing")
    assert too_small(page.locator(".pswp")) == []
    assert overflows(page) == 0

    count = tags(page).count()
    remove.focus()
    page.keyboard.press("Enter")
    expect(remove).to_have_count(0)
    expect(tags(page)).to_have_count(count - 1)
    expect(info(page).locator(".remove-tag:focus")).to_have_count(1)
    expect(info(page).get_by_text("Saving…")).to_have_count(0)
    assert "mountain" not in fetch_record(owner, tag)["tags"]
    page.keyboard.press("Escape")
    expect(info(page)).to_be_hidden()
    expect(viewer(page).locator(".pswp__caption")).to_contain_text("Harbour")
    assert overflows(page) == 0
    page.keyboard.press("Escape")
    expect(owner.tile(f"{tag}-1.jpg")).to_contain_text("Public")
    assert found == {}


def test_invalid_name_label_or_weight_is_reported_at_its_field(
    owner: Visitor, tag: str, allowed_errors: list[str]
) -> None:
    page = owner.page
    allowed_errors.append("status of 400")
    field(page, "Weight").fill("1.5")
    page.keyboard.press("Enter")
    expect(info(page).get_by_role("alert")).to_contain_text("less than 1")
    expect(field(page, "Weight")).to_have_attribute("aria-invalid", "true")
    field(page, "Weight").fill("0,25")
    page.keyboard.press("Enter")
    expect(field(page, "Weight")).to_have_value("0.25")
    expect(info(page).get_by_role("alert")).to_have_count(0)
    field(page, "Label").fill("x" * 65)
    page.keyboard.press("Enter")
    expect(info(page).get_by_role("alert")).to_contain_text("64")
    expect(field(page, "Label")).to_have_value("x" * 65)
    field(page, "Label").fill("Skiff")
    page.keyboard.press("Tab")
    expect(info(page).get_by_role("button", name="Remove Skiff")).to_be_visible()
    field(page, "File name").fill("a boat")
    page.keyboard.press("Enter")
    # The extension stays.
    expect(info(page).get_by_role("heading", name="a boat.jpg")).to_be_visible()
    expect(field(page, "File name")).to_have_value("a boat.jpg")
    now = fetch_record(owner, tag)
    assert (now["weight"], now["label"], now["filename"]) == (0.25, "skiff", "a boat.jpg")
    edit_elsewhere(owner, tag, {"filename": f"{tag}-1.jpg"})


@on_a_desktop_and_proof_on_a_phone
def test_edit_conflict_shows_the_latest_version(owner: Visitor, tag: str, allowed_errors: list[str]) -> None:
    allowed_errors.append("status of 412")
    edit_elsewhere(owner, tag, {"tags": [tag, "theirs"]})
    info(owner.page).get_by_role("button", name="Everyone").click()
    expect(info(owner.page).get_by_role("status")).to_contain_text("changed elsewhere")
    expect(info(owner.page).get_by_role("button", name="Remove Theirs")).to_be_visible()
    expect(info(owner.page).get_by_role("button", name="Only you")).to_have_attribute("aria-pressed", "true")
    assert owner.axe_violations("changed elsewhere") == {}
    info(owner.page).get_by_role("button", name="Everyone").click()
    expect(info(owner.page).get_by_text("Saving…")).to_have_count(0)
    assert fetch_record(owner, tag)["status"] == "public"


def test_failed_edit_is_rolled_back(owner: Visitor, tag: str, allowed_errors: list[str]) -> None:
    allowed_errors.append("net::ERR_FAILED")

    def fail(route: Route) -> None:
        if route.request.method == "PATCH":
            route.abort()
        else:
            route.fallback()

    owner.page.route("**/photos/*", fail)
    info(owner.page).get_by_role("button", name="Everyone").click()
    expect(info(owner.page).get_by_role("alert")).to_contain_text("Couldn't reach the library")
    expect(info(owner.page).get_by_role("button", name="Only you")).to_have_attribute("aria-pressed", "true")


def test_photo_can_be_trashed_and_restored_from_the_viewer(owner: Visitor, tag: str) -> None:
    info(owner.page).get_by_role("button", name="Move to trash").click()
    expect(viewer(owner.page)).to_have_count(0)
    expect(toast(owner.page)).to_contain_text("1 photo moved to trash.")
    expect(owner.page.locator(".tile")).to_have_count(0)
    toast(owner.page).get_by_role("button", name="Undo").click()
    expect(owner.tile(f"{tag}-1.jpg")).to_be_visible()


def test_downloads_have_the_current_file_name(owner: Visitor, tag: str) -> None:
    page, name = owner.page, f"{tag}, Bucht 🏖.jpg"
    field(page, "File name").fill(name)
    page.keyboard.press("Enter")
    expect(info(page).get_by_role("heading", name=name)).to_be_visible()
    expect(info(page).get_by_text("Saving…")).to_have_count(0)
    made = fetch_record(owner, tag)["processing"]
    for kind in ("original", "resized"):
        with page.expect_download() as saving:
            info(page).get_by_role("link", name=f"Download {kind}").click()
        assert saving.value.suggested_filename == name
        assert saving.value.path().stat().st_size == made[kind]["bytes"]
    expect(viewer(page)).to_be_visible()
