"""Selecting photos, batch actions and undo; the trash."""

import json
import re
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OwnPhotos
from tests.browser.devtools import devtools
from tests.browser.large_library import make_photo
from tests.browser.test_accessibility import CORS, overflows, too_small
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone, on_a_phone, on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

type Violations = dict[str, list[str]]


@pytest.fixture
def owner(signed_in: Visitor) -> Visitor:
    """The demo user, signed in; `tag` opens the page."""
    return signed_in


@pytest.fixture
def tag(owner: Visitor, own_photos: OwnPhotos) -> str:
    """A tag unique to the test with four photos, `{tag}-1.jpg` and so on, which the owner views."""
    tag = own_photos(4)
    owner.open(f"?tag={tag}")
    expect(owner.page.locator(".tile")).to_have_count(4)
    return tag


def checkbox(owner: Visitor, filename: str) -> Locator:
    """The checkbox of a photo."""
    return owner.page.locator("main").get_by_role("checkbox", name=re.compile(f"^Select .*{re.escape(filename)}"))


def bar(page: Page) -> Locator:
    """The selection bar."""
    return page.get_by_role("region", name="Selected photos")


def toast(page: Page) -> Locator:
    """The toast."""
    return page.get_by_role("status", name="Last action")


def open_lake(owner: Visitor) -> list[str]:
    """Open the library's own photos of a tag, for tests that change none; return their filenames in order."""
    owner.open("?tag=lake")
    expect(owner.page.locator(".tile")).to_have_count(3)
    return names(owner.page)


def expect_names(page: Page, *expected: str) -> None:
    """Wait until the grid has exactly these files, in this order."""
    images = page.locator(".tile img")
    expect(images).to_have_count(len(expected))
    for index, name in enumerate(expected):
        expect(images.nth(index)).to_have_attribute("alt", re.compile(rf"\({re.escape(name)}\)$"))


def names(page: Page) -> list[str]:
    """The filenames in the grid, in their order."""
    return [
        re.sub(r".*\((.*)\)$", r"\1", image.get_attribute("alt") or "") for image in page.locator(".tile img").all()
    ]


@on_a_desktop_and_proof_on_a_phone
def test_selected_photos_are_trashed_and_undo_restores(owner: Visitor, tag: str) -> None:
    page = owner.page
    checkbox(owner, f"{tag}-1.jpg").focus()
    page.keyboard.press("Space")
    expect(bar(page)).to_contain_text("1 selected")
    owner.tile(f"{tag}-3.jpg").click()
    expect(bar(page)).to_contain_text("2 selected")
    expect(owner.tile(f"{tag}-3.jpg")).to_have_attribute("aria-pressed", "true")
    found: Violations = dict(owner.axe_violations("selecting"))
    assert too_small(page) == []
    assert overflows(page) == 0
    bar(page).get_by_role("button", name="Trash").click()
    expect(toast(page)).to_contain_text("2 photos moved to trash.")
    expect(page.locator(".tile")).to_have_count(2)
    expect(bar(page)).to_have_count(0)
    expect(page.locator(".tile:focus")).to_have_count(1)
    found |= owner.axe_violations("toast with undo")
    assert too_small(page) == []
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".tile")).to_have_count(4)
    expect(toast(page)).to_contain_text("Undone.")
    assert found == {}


def test_shift_extends_and_escape_clears_the_selection(owner: Visitor) -> None:
    page, order = owner.page, open_lake(owner)
    checkbox(owner, order[0]).click()
    owner.tile(order[2]).click(modifiers=["Shift"])
    expect(bar(page)).to_contain_text("3 selected")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(bar(page)).to_have_count(0)
    owner.tile(order[0]).click()
    expect(page.get_by_role("dialog", name="Photo viewer")).to_be_visible()


@on_a_phone
def test_long_press_starts_a_selection(owner: Visitor) -> None:
    page, order = owner.page, open_lake(owner)
    expect(checkbox(owner, order[1])).to_have_css("opacity", "0")
    finger = devtools(page)
    box = owner.tile(order[0]).bounding_box()
    assert box is not None
    spot = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spot]})
    expect(bar(page)).to_contain_text("1 selected")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(checkbox(owner, order[1])).to_have_css("opacity", "1")
    expect(bar(page)).to_contain_text("1 selected")
    owner.tile(order[1]).tap()
    expect(bar(page)).to_contain_text("2 selected")
    bar(page).get_by_role("button", name="Clear selection").tap()
    expect(bar(page)).to_have_count(0)


@on_a_phone_and_proof_on_a_desktop
def test_batch_tag_publish_and_hide_can_be_undone(owner: Visitor, tag: str) -> None:
    page, new_tag = owner.page, f"{tag[:8]} together"
    checkbox(owner, f"{tag}-2.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Select all").click()
    expect(bar(page)).to_contain_text("4 selected")
    bar(page).get_by_role("button", name="Add tags…").click()
    field = bar(page).get_by_role("combobox", name="Add tags")
    expect(field).to_be_focused()
    field.press_sequentially("moun")
    expect(page.get_by_role("option", name="Mountain")).to_be_visible()
    found: Violations = dict(owner.axe_violations("tags for several"))
    assert too_small(page) == []
    assert overflows(page) == 0
    field.fill(new_tag)
    field.press("Enter")
    expect(toast(page)).to_contain_text("4 photos tagged")
    expect(page.get_by_role("img", name=new_tag)).to_have_count(4)
    expect(bar(page)).to_contain_text("4 selected")
    bar(page).get_by_role("button", name="Remove tags…").click()
    shared_tag = bar(page).get_by_role("button", name=re.compile(f"^{new_tag}, 4 photos", re.IGNORECASE))
    expect(bar(page).get_by_role("form", name="Tags to remove").get_by_role("button").first).to_be_focused()
    shared_tag.click()
    found |= owner.axe_violations("tags to remove")
    assert too_small(page) == []
    assert overflows(page) == 0
    bar(page).get_by_role("button", name="Remove", exact=True).click()
    expect(toast(page)).to_contain_text("removed from 4 photos.")
    expect(page.get_by_role("img", name=new_tag)).to_have_count(0)
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("img", name=new_tag)).to_have_count(4)
    bar(page).get_by_role("button", name="Clear selection").click()

    checkbox(owner, f"{tag}-2.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Make public").click()
    expect(toast(page)).to_contain_text("1 photo is now public.")
    expect(owner.tile(f"{tag}-2.jpg")).to_contain_text("Public")
    expect(bar(page)).to_contain_text("1 selected")
    bar(page).get_by_role("button", name="Make private").click()
    expect(toast(page)).to_contain_text("1 photo is now private.")
    page.keyboard.press("Control+z")
    expect(owner.tile(f"{tag}-2.jpg")).to_contain_text("Public")
    assert found == {}


def test_failed_photos_are_reported_and_stay_selected(owner: Visitor, tag: str) -> None:
    page = owner.page

    def fail_first(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        body["results"][0] = {
            "photo_id": body["results"][0]["photo_id"],
            "ok": False,
            "error": "This photo keeps changing; try again in a moment.",
            "code": "conflict",
        }
        route.fulfill(response=response, json=body)

    page.route("**/photos/batch", fail_first)
    checkbox(owner, f"{tag}-1.jpg").click()
    bar(page).get_by_role("button", name="Select all").click()
    bar(page).get_by_role("button", name="Make public").click()
    expect(toast(page)).to_contain_text("3 photos are now public. 1 photo couldn't be changed.")
    expect(toast(page)).to_contain_text(re.compile(r"-\d\.jpg: This photo keeps changing"))
    expect(bar(page)).to_contain_text("1 selected")


def test_select_all_has_photos_that_are_not_loaded(owner: Visitor, allowed_errors: list[str]) -> None:
    """620 photos, of which 50 are in the grid: selected, canceled, and changed until a request fails."""
    page, photos = owner.page, [make_photo(number, mine=True) | {"tags": ["many"]} for number in range(620)]
    withheld: list[Route] = []
    batches: list[int] = []

    def list_photos(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        body = {"items": photos[start : start + limit], "cursor": str(start + limit) if start + limit < 620 else None}
        answer = partial(route.fulfill, json=body | {"found": {"photos": 620, "exact": True}}, headers=CORS)
        if start == 200 and not withheld:
            withheld.append(route)
        else:
            answer()

    def change_photos(route: Route) -> None:
        if route.request.method == "OPTIONS":
            route.fulfill(headers=CORS | {"Access-Control-Allow-Headers": "*"})
            return
        ids = json.loads(route.request.post_data or "")["photo_ids"]
        batches.append(len(ids))
        if len(batches) == 3:
            route.abort()
            return
        named = {photo["photo_id"]: photo for photo in photos}
        results = [{"photo_id": each, "ok": True, "photo": named[each] | {"status": "public"}} for each in ids]
        route.fulfill(json={"results": results}, headers=CORS)

    page.route(re.compile(r"/photos\?.*tag=many"), list_photos)
    page.route("**/photos/batch", change_photos)
    allowed_errors.append("net::ERR_FAILED")
    owner.open("?tag=many")
    expect(page.get_by_text("620 photos")).to_be_visible()
    page.keyboard.press("Control+a")
    expect(bar(page)).to_contain_text("Selecting 200 of 620")
    expect(bar(page).get_by_role("progressbar")).to_have_attribute("value", "200")
    bar(page).get_by_role("button", name="Cancel").click()
    expect(bar(page)).to_have_count(0)
    withheld[0].abort()
    page.keyboard.press("Control+a")
    expect(bar(page)).to_contain_text("620 selected")
    expect(bar(page).get_by_role("button", name="Select all")).to_have_count(0)
    bar(page).get_by_role("button", name="Make public").click()
    expect(toast(page)).to_contain_text(
        "200 photos are now public. 320 photos couldn't be changed. 100 photos may not have been changed."
    )
    expect(bar(page)).to_contain_text("420 selected")
    bar(page).get_by_role("button", name="Make public").click()
    expect(toast(page)).to_contain_text("420 photos are now public.")
    expect(bar(page)).to_contain_text("420 selected")
    assert batches == [100, 100, 100, 100, 100, 100, 100, 20]


def test_failed_undo_is_reported(owner: Visitor, tag: str, allowed_errors: list[str]) -> None:
    allowed_errors.append("net::ERR_FAILED")
    page = owner.page
    checkbox(owner, f"{tag}-1.jpg").click()
    bar(page).get_by_role("button", name="Trash").click()
    expect(toast(page)).to_contain_text("1 photo moved to trash.")
    page.route("**/photos/batch", lambda route: route.abort())
    toast(page).get_by_role("button", name="Undo").click()
    expect(toast(page)).to_contain_text("Couldn't undo this for 1 photo.")
    expect(toast(page)).to_contain_text(f"{tag}-1.jpg: Couldn't reach the library.")


def test_only_own_photos_can_be_selected(visitor: Visitor) -> None:
    visitor.open()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.page.get_by_role("checkbox")).to_have_count(0)
    visitor.sign_in("second")
    visitor.open("?scope=public")
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.page.get_by_role("checkbox")).to_have_count(0)


@on_a_desktop_and_proof_on_a_phone
def test_trash_restores_or_deletes_permanently(owner: Visitor, tag: str) -> None:
    page = owner.page
    checkbox(owner, f"{tag}-1.jpg").focus()
    page.keyboard.press("Space")
    for number in (2, 3):
        owner.tile(f"{tag}-{number}.jpg").click()
    bar(page).get_by_role("button", name="Trash").click()
    expect(toast(page)).to_contain_text("3 photos moved to trash.")
    page.get_by_role("button", name="Account: ").click()
    owner.button("Trash").click()
    expect(owner.heading("Trash")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?state=trashed$"))
    expect(page.get_by_text("for 30 days.")).to_contain_text("The next ones in 30 days.")
    expect(owner.tile(f"{tag}-1.jpg")).to_contain_text("30 days left")
    expect(page.locator(".found")).to_have_text("3 photos")
    expect(page.get_by_role("group", name="Photos to show")).to_have_count(0)
    checkbox(owner, f"{tag}-1.jpg").focus()
    page.keyboard.press("Space")
    found: Violations = dict(owner.axe_violations("the trash"))
    bar(page).get_by_role("button", name="Restore").click()
    expect(toast(page)).to_contain_text("1 photo restored.")
    expect(owner.tile(f"{tag}-1.jpg")).to_have_count(0)

    checkbox(owner, f"{tag}-2.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Delete permanently").click()
    expect(bar(page)).to_contain_text("can't be undone")
    expect(owner.button("Cancel")).to_be_focused()
    found |= owner.axe_violations("delete permanently?")
    assert too_small(page) == []
    assert overflows(page) == 0
    page.keyboard.press("Escape")
    expect(bar(page)).to_contain_text("1 selected")
    bar(page).get_by_role("button", name="Delete permanently").click()
    bar(page).get_by_role("button", name="Delete permanently").click()
    expect(toast(page)).to_contain_text("1 photo deleted permanently.")
    expect(toast(page).get_by_role("button", name="Undo")).to_have_count(0)
    expect(owner.tile(f"{tag}-2.jpg")).to_have_count(0)

    owner.button("Empty trash").click()
    dialog = page.get_by_role("dialog", name="Empty trash")
    expect(dialog).to_contain_text("Delete the photo in the trash and its original permanently?")
    expect(dialog.locator("[data-action=cancel]")).to_be_focused()
    found |= owner.axe_violations("empty the trash?")
    assert too_small(page) == []
    assert overflows(page) == 0
    dialog.get_by_role("button", name="Empty trash").click()
    expect(dialog).to_have_count(0)
    expect(toast(page)).to_contain_text("1 photo deleted permanently.")
    expect(page.get_by_role("heading", name="Trash is empty")).to_be_visible()
    expect(owner.button("Empty trash")).to_have_count(0)
    owner.open(f"?tag={tag}")
    expect(owner.tile(f"{tag}-1.jpg")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(2)
    assert found == {}
