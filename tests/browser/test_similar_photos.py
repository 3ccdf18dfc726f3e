"""Similar photos: groups to review, and more photos like the one in the viewer."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import OwnPhotos, api_request
from tests.browser.test_accessibility import CORS
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

GROUPS = re.compile(r"/photos/near-duplicates")


def photos_of(visitor: Visitor, tag: str) -> list[dict[str, Any]]:
    """The photos of a tag, by name."""
    found = api_request(visitor.library, f"/gallery/articles?tag={tag}&scope=mine", visitor.library.token())
    return sorted(found["items"], key=lambda photo: str(photo["filename"]))


def group_photos(visitor: Visitor, photos: list[dict[str, Any]]) -> None:
    """Respond to requests for near-duplicates with one group of these photos; the first one is proposed to keep."""
    groups = [{"keep": photos[0]["photo_id"], "photos": photos}] if photos else []
    page = {"items": groups, "cursor": None, "as_of": "2026-11-20T12:00:00Z"}
    visitor.page.route(GROUPS, lambda route: route.fulfill(json=page, headers=CORS))


def open_dialog(visitor: Visitor) -> Locator:
    visitor.page.get_by_role("button", name="Account: ").click()
    visitor.button("Similar photos").click()
    return visitor.page.get_by_role("dialog", name="Similar photos")


@on_a_desktop_and_proof_on_a_phone
def test_photos_of_a_group_are_moved_and_restored(owner: Visitor, own_photos: OwnPhotos) -> None:
    tag = own_photos(3)
    first, second, third = photos_of(owner, tag)
    second["tags"].append("anna")  # the page copies it from what it got
    group_photos(owner, [first, second, third])
    dialog = open_dialog(owner)
    expect(dialog.get_by_role("group", name="3 similar photos")).to_be_visible()
    expect(dialog.get_by_role("checkbox", name=f"Keep {first['filename']}")).to_be_checked()
    assert owner.axe_violations("similar photos") == {}
    third_box = dialog.get_by_role("checkbox", name=f"Keep {third['filename']}")
    first_box = dialog.get_by_role("checkbox", name=f"Keep {first['filename']}")
    first_box.focus()
    owner.page.keyboard.press("Space")
    expect(dialog.get_by_role("button", name="Move all 3 photos to trash")).to_be_visible()
    owner.page.keyboard.press("Space")
    third_box.focus()
    owner.page.keyboard.press("Space")
    expect(third_box).to_be_checked()

    dialog.get_by_role("button", name="Move 1 photo to trash").click()
    expect(dialog.get_by_role("button", name="Undo")).to_be_focused()
    expect(dialog.get_by_role("status").last).to_have_text("1 photo moved to trash.")
    assert [photo["filename"] for photo in photos_of(owner, tag)] == [first["filename"], third["filename"]]
    assert all("anna" in photo["tags"] for photo in photos_of(owner, tag))

    owner.page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Move 1 photo to trash")).to_be_focused()
    after = photos_of(owner, tag)
    assert [photo["filename"] for photo in after] == [each["filename"] for each in (first, second, third)]
    assert all("anna" not in photo["tags"] for photo in after)

    dialog.get_by_role("button", name="Keep all").click()
    expect(dialog.get_by_role("button", name="Undo")).to_be_focused()
    expect(dialog.get_by_role("status").last).to_have_text("All are kept. This group won't be shown again.")
    expect(third_box).to_be_disabled()
    owner.page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Move 1 photo to trash")).to_be_focused()
    owner.page.go_back()
    expect(dialog).to_have_count(0)


def test_library_without_similar_photos_says_so(owner: Visitor) -> None:
    group_photos(owner, [])
    expect(open_dialog(owner)).to_contain_text("No similar photos.")


def test_groups_that_did_not_load_can_be_tried_again(owner: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("status of 500")
    owner.page.route(GROUPS, lambda route: route.fulfill(status=500, json={}, headers=CORS))
    dialog = open_dialog(owner)
    expect(dialog.get_by_role("alert")).to_be_visible()
    owner.page.unroute(GROUPS)
    group_photos(owner, [])
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_contain_text("No similar photos.")


@on_a_desktop_and_proof_on_a_phone
def test_viewer_goes_to_similar_photos(owner: Visitor) -> None:
    listed = api_request(owner.library, "/photos?scope=mine&limit=100", owner.library.token())["items"]
    named = {str(photo["filename"]): photo for photo in listed}

    def answer(route: Route) -> None:
        similar = [named["lake-2.jpg"], named["mountain-1.jpg"]]
        route.fulfill(json={"items": similar, "state": "ready"}, headers=CORS)

    owner.page.route(re.compile(r"/similar\?"), answer)
    owner.tile("lake-1.jpg").click()
    viewer = owner.page.get_by_role("dialog", name="Photo viewer")
    expect(viewer).to_be_visible()
    owner.page.keyboard.press("i")
    viewer.get_by_role("button", name="More like this").click()
    expect(viewer.get_by_text("2 similar photos")).to_be_visible()
    assert owner.axe_violations("similar") == {}
    viewer.get_by_role("list", name="More like this").get_by_role("button").last.click()
    expect(viewer.get_by_role("heading", name="mountain-1.jpg")).to_be_visible()
    expect(viewer.get_by_text("2 similar photos")).to_have_count(0)
    expect(viewer.get_by_role("region", name="Photo info")).to_be_focused()


def test_record_that_arrives_during_the_search_stays(owner: Visitor) -> None:
    requests: list[Route] = []
    owner.page.route(re.compile(r"/photos/[0-9a-f]{32}$"), lambda route: requests.append(route))
    owner.page.route(re.compile(r"/similar\?"), lambda route: requests.append(route))
    listed = api_request(owner.library, "/photos?scope=mine&limit=100", owner.library.token())["items"]
    (photo,) = [photo for photo in listed if photo["filename"] == "lake-1.jpg"]
    owner.tile("lake-1.jpg").click()
    expect(owner.page.get_by_role("dialog", name="Photo viewer")).to_be_visible()
    with owner.page.expect_request(re.compile(r"/photos/[0-9a-f]{32}$")):
        owner.page.keyboard.press("i")
    with owner.page.expect_request(re.compile(r"/similar\?")):
        owner.page.get_by_role("button", name="More like this").click()
    while len(requests) < 2:  # a request is announced before it is routed
        owner.page.evaluate("new Promise(requestAnimationFrame)")
    record, similar = requests
    record.fulfill(json=photo | {"camera": "Leica M6"}, headers=CORS)
    expect(owner.page.get_by_text("Leica M6")).to_be_visible()
    similar.fulfill(json={"items": [], "state": "ready"}, headers=CORS)
    expect(owner.page.get_by_text("No similar photos.")).to_be_visible()
    expect(owner.page.get_by_text("Leica M6")).to_be_visible()


def test_photo_that_cannot_be_compared_says_so(owner: Visitor) -> None:
    answer = {"items": [], "state": "unavailable"}
    owner.page.route(re.compile(r"/similar\?"), lambda route: route.fulfill(json=answer, headers=CORS))
    owner.tile("lake-1.jpg").click()
    expect(owner.page.get_by_role("dialog", name="Photo viewer")).to_be_visible()
    owner.page.keyboard.press("i")
    owner.page.get_by_role("button", name="More like this").click()
    expect(owner.page.get_by_text("This photo can't be compared yet.")).to_be_visible()
