"""States of photos in the grid: processing, private, and rejected."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import api_request, wait_for_photos
from tests.browser.devtools import devtools
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import bar, toast
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

NOT_AN_IMAGE = b"Butter, flour, and a word about the cat.\n"
POLL_INTERVAL = 6_000  # ms: a little more than the page's polling interval


class ProcessingPhoto:
    """Makes the API report a photo as processing until `is_processing` is set to false."""

    def __init__(self, page: Page, photo: dict[str, Any]) -> None:
        unknown = dict.fromkeys(("width", "height", "image_url", "thumbnail_url", "resized_url", "placeholder"))
        self.photo = photo | unknown | {"state": "processing", "taken_at": None, "taken_local": None, "offset": None}
        self.name: str = photo["filename"]
        self.is_processing = True
        self.queries: list[str] = []
        page.route(re.compile(r"/(photos|gallery/trending)\?"), self._handle)

    def _handle(self, route: Route) -> None:
        self.queries.append(urlsplit(route.request.url).query)
        response = route.fetch()
        body: dict[str, Any] = response.json()
        if self.is_processing and "/photos?" in route.request.url and response.ok:
            if "state=processing" in route.request.url:
                body["items"] = [self.photo]
            else:
                body["items"] = [photo for photo in body["items"] if photo["filename"] != self.name]
        route.fulfill(response=response, body=json.dumps(body))


@pytest.fixture
def owner(signed_in: Visitor) -> Visitor:
    """The demo user, signed in; the test or its other fixture opens the page."""
    return signed_in


@pytest.fixture
def processing_photo(owner: Visitor) -> Iterator[ProcessingPhoto]:
    """One of the owner's photos, processing."""
    (photo,) = api_request(owner.library, "/gallery/articles?tag=diary", owner.library.token())["items"]
    yield ProcessingPhoto(owner.page, photo)
    owner.page.unroute_all(behavior="wait")


@on_a_desktop_and_proof_on_a_phone
def test_processing_photo_comes_first_until_it_is_ready(owner: Visitor, processing_photo: ProcessingPhoto) -> None:
    page = owner.page
    page.clock.install()
    owner.open()
    tile = page.get_by_role("link", name=f"{processing_photo.name} Processing…")
    expect(tile).to_be_visible()
    expect(page.locator(".tile").first).to_have_text(re.compile("Processing…"))
    expect(tile).to_have_attribute("aria-disabled", "true")
    expect(tile.locator(".processing-badge")).to_have_css("animation-name", "none")
    assert owner.axe_violations("being processed") == {}
    assert too_small(page) == []
    assert overflows(page) == 0
    page.locator(".tile").nth(1).focus()
    page.keyboard.press("Home")
    expect(tile).to_be_focused()
    processing_photo.is_processing = False
    processing_photo.queries.clear()
    page.clock.run_for(POLL_INTERVAL)
    expect(tile).to_have_count(0)
    expect(owner.tile(processing_photo.name).locator("img")).to_be_visible()
    # One round of requests; another may already be running, or begin before the last assertion.
    assert max(Counter(processing_photo.queries).values()) <= 3, processing_photo.queries


def test_processing_photo_cannot_be_opened_or_selected(owner: Visitor, processing_photo: ProcessingPhoto) -> None:
    page = owner.page
    owner.open()
    tile = page.get_by_role("link", name="Processing…")
    expect(tile).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile(f"^Select .*{processing_photo.name}"))).to_have_count(0)
    tile.focus()
    page.keyboard.press("s")
    tile.click(force=True)
    expect(bar(page)).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    owner.open("?scope=public")
    expect(tile).to_have_count(0)


def test_own_tiles_show_their_visibility(owner: Visitor) -> None:
    owner.open()
    expect(owner.tile("secret.jpg")).to_have_accessible_name(re.compile("Private$"))
    expect(owner.tile("lake-1.jpg")).to_have_accessible_name(re.compile("Public$"))
    owner.open("?scope=public")
    expect(owner.tile("lake-1.jpg")).not_to_have_accessible_name(re.compile("Public"))


@pytest.fixture
def rejected_files(owner: Visitor, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Three rejected files, in the owner's view of them; deleted permanently at the end."""
    library, token = owner.library, owner.library.token()
    tag = re.sub(r"\W+", "", request.node.name)[-16:]
    names = [f"{tag}-{number}.jpg" for number in range(3)]
    s3 = library.provisioned.client("s3")
    for name in names:
        s3.put_object(
            Bucket=library.provisioned.outputs["OriginalsBucket"], Key=name, Body=NOT_AN_IMAGE + name.encode()
        )
    wait_for_photos(library, set(names), "/photos?state=rejected&limit=100", token)
    owner.open("?state=rejected")
    for name in names:
        expect(rejected_file(owner, name)).to_be_visible()
    yield names
    for state in ("rejected", "trashed"):
        for photo in api_request(library, f"/photos?state={state}&limit=100", token)["items"]:
            if photo["filename"] in names:
                api_request(library, f"/photos/{photo['photo_id']}?permanent=true", token, "DELETE")


def rejected_file(owner: Visitor, filename: str) -> Locator:
    """A rejected file in the list."""
    return owner.page.locator("main").get_by_role("listitem").filter(has_text=filename)


def checkbox(owner: Visitor, filename: str) -> Locator:
    """Its checkbox."""
    return rejected_file(owner, filename).get_by_role("checkbox", name=f"Select {filename}")


@on_a_desktop_and_proof_on_a_phone
def test_rejected_files_are_trashed_and_undo_restores(owner: Visitor, rejected_files: list[str]) -> None:
    page = owner.page
    for name in rejected_files:
        expect(rejected_file(owner, name)).to_contain_text("This is a text file")
    checkbox(owner, rejected_files[0]).focus()
    page.keyboard.press("Space")
    expect(bar(page)).to_contain_text("1 selected")
    rejected_file(owner, rejected_files[1]).get_by_text("This is a text file").click()
    expect(checkbox(owner, rejected_files[1])).to_be_checked()
    expect(bar(page)).to_contain_text("2 selected")
    expect(bar(page).get_by_role("button", name="Make public")).to_have_count(0)
    assert owner.axe_violations("selected rejected files") == {}
    assert too_small(page) == []
    assert overflows(page) == 0
    bar(page).get_by_role("button", name="Trash").click()
    expect(toast(page)).to_contain_text("2 photos moved to trash.")
    expect(rejected_file(owner, rejected_files[0])).to_have_count(0)
    expect(checkbox(owner, rejected_files[2])).to_be_visible()
    expect(page.locator(":focus")).to_have_count(1)
    toast(page).get_by_role("button", name="Undo").click()
    expect(rejected_file(owner, rejected_files[0])).to_contain_text("This is a text file")
    expect(rejected_file(owner, rejected_files[1])).to_be_visible()


def test_range_of_rejected_files_is_deleted_permanently(owner: Visitor, rejected_files: list[str]) -> None:
    page = owner.page
    order = [name for name in page.locator(".rejected-file h2").all_inner_texts() if name in rejected_files]
    checkbox(owner, order[0]).click()
    checkbox(owner, order[2]).click(modifiers=["Shift"])
    for name in order:
        expect(checkbox(owner, name)).to_be_checked()
    checkbox(owner, order[1]).click()
    expect(checkbox(owner, order[1])).not_to_be_checked()
    bar(page).get_by_role("button", name="Delete permanently").click()
    page.get_by_role("group", name="Delete these").get_by_role("button", name="Delete permanently").click()
    expect(toast(page)).to_contain_text("deleted permanently")
    expect(rejected_file(owner, order[0])).to_have_count(0)
    expect(rejected_file(owner, order[1])).to_be_visible()


@on_a_phone
def test_long_press_selects_a_rejected_file(owner: Visitor, rejected_files: list[str]) -> None:
    page = owner.page
    finger = devtools(page)
    spot = rejected_file(owner, rejected_files[0]).get_by_text("This is a text file")
    spot.scroll_into_view_if_needed()
    box = spot.bounding_box()
    assert box is not None
    touch = {"x": box["x"] + 20, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
    expect(bar(page)).to_contain_text("1 selected")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(checkbox(owner, rejected_files[0])).to_be_checked()
    rejected_file(owner, rejected_files[1]).get_by_text("This is a text file").tap()
    expect(bar(page)).to_contain_text("2 selected")


def test_rejected_file_is_downloaded_under_its_name(owner: Visitor, rejected_files: list[str]) -> None:
    with owner.page.expect_download() as saving:
        rejected_file(owner, rejected_files[0]).get_by_role("link", name=f"Download file {rejected_files[0]}").click()
    assert saving.value.suggested_filename == rejected_files[0]
    assert saving.value.path().read_bytes() == NOT_AN_IMAGE + rejected_files[0].encode()
