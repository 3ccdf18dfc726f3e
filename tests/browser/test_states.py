"""What the grid tells of a photo's state: being processed, private, or of no use and why."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OwnPhotos, ask
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import bar, toast
from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

NO_PICTURE = b"Butter, flour, and a word about the cat.\n"
A_ROUND = 6_000  # ms: a little more than the page waits before it looks again


class Workshop:
    """A library in which one photo is still being processed, until it is let go."""

    def __init__(self, page: Page, photo: dict[str, Any]) -> None:
        unknown = dict.fromkeys(("width", "height", "image_url", "thumbnail_url", "resized_url", "placeholder"))
        self.held = photo | unknown | {"state": "processing", "taken_at": None}
        self.name: str = photo["filename"]
        self.busy = True
        self.asked: list[str] = []
        page.route(re.compile(r"/(photos|gallery/trending)\?"), self._answer)

    def _answer(self, route: Route) -> None:
        self.asked.append(urlsplit(route.request.url).query)
        answer = route.fetch()
        body: dict[str, Any] = answer.json()
        if self.busy and "/photos?" in route.request.url and answer.ok:
            if "state=processing" in route.request.url:
                body["items"] = [self.held]
            else:
                body["items"] = [photo for photo in body["items"] if photo["filename"] != self.name]
        route.fulfill(response=answer, body=json.dumps(body))


@pytest.fixture
def workshop(owner: Visitor, own_photos: OwnPhotos) -> Iterator[Workshop]:
    """One of the owner's photos, being processed."""
    tag = own_photos(1)
    (photo,) = ask(owner.library, f"/gallery/articles?tag={tag}", owner.library.token())["items"]
    yield Workshop(owner.page, photo)
    owner.page.unroute_all(behavior="wait")


@at_both_widths
def test_a_photo_that_is_being_processed_stands_first_and_becomes_itself(owner: Visitor, workshop: Workshop) -> None:
    page = owner.page
    page.clock.install()
    owner.opens()
    held = page.get_by_role("button", name=f"{workshop.name} Processing…")
    expect(held).to_be_visible()
    expect(page.locator(".tile").first).to_have_text(re.compile("Processing…"))
    expect(held).to_have_attribute("aria-disabled", "true")
    expect(held.locator(".processing-badge")).to_have_css("animation-name", "none")
    assert owner.complaints("being processed") == {}
    assert too_small(page) == []
    assert overflows(page) == 0
    page.locator(".tile").nth(1).focus()
    page.keyboard.press("Home")
    expect(held).to_be_focused()
    workshop.busy = False
    workshop.asked.clear()
    page.clock.run_for(A_ROUND)
    expect(held).to_have_count(0)
    expect(owner.tile(workshop.name).locator("img")).to_be_visible()
    assert len(workshop.asked) <= 4, workshop.asked


def test_what_is_being_processed_is_neither_opened_nor_chosen(owner: Visitor, workshop: Workshop) -> None:
    page = owner.page
    owner.opens()
    held = page.get_by_role("button", name="Processing…")
    expect(held).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile(f"^Select .*{workshop.name}"))).to_have_count(0)
    held.focus()
    page.keyboard.press("s")
    held.click(force=True)
    expect(bar(page)).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    owner.opens("?scope=public")
    expect(held).to_have_count(0)


def test_each_of_ones_own_photos_says_who_sees_it_and_nobody_elses_does(owner: Visitor) -> None:
    owner.opens()
    expect(owner.tile("secret.jpg")).to_have_accessible_name(re.compile("Private$"))
    expect(owner.tile("lake-1.jpg")).to_have_accessible_name(re.compile("Public$"))
    owner.opens("?scope=public")
    expect(owner.tile("lake-1.jpg")).not_to_have_accessible_name(re.compile("Public"))


@pytest.fixture
def rejects(owner: Visitor, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Three files of the owner's that are no pictures, and the owner looking at them; gone for ever at the end."""
    library, token = owner.library, owner.library.token()
    tag = re.sub(r"\W+", "", request.node.name)[-16:]
    names = [f"{tag}-{number}.jpg" for number in range(3)]
    s3 = library.provisioned.client("s3")
    for name in names:
        s3.put_object(Bucket=library.provisioned.outputs["OriginalsBucket"], Key=name, Body=NO_PICTURE + name.encode())
    owner.opens("?state=rejected")
    for name in names:
        expect(reject(owner, name)).to_be_visible()
    yield names
    for state in ("rejected", "trashed"):
        for photo in ask(library, f"/photos?state={state}&limit=100", token)["items"]:
            if photo["filename"] in names:
                ask(library, f"/photos/{photo['photo_id']}?permanent=true", token, "DELETE")


def reject(owner: Visitor, filename: str) -> Locator:
    """A file that could not be used."""
    return owner.page.locator("main").get_by_role("listitem").filter(has_text=filename)


def circle(owner: Visitor, filename: str) -> Locator:
    """What chooses it."""
    return reject(owner, filename).get_by_role("checkbox", name=f"Select {filename}")


@at_both_widths
def test_files_of_no_use_are_chosen_trashed_and_brought_back(owner: Visitor, rejects: list[str]) -> None:
    page = owner.page
    for name in rejects:
        expect(reject(owner, name)).to_contain_text("This is a text file")
    circle(owner, rejects[0]).focus()
    page.keyboard.press("Space")
    expect(bar(page)).to_contain_text("1 selected")
    reject(owner, rejects[1]).get_by_text("This is a text file").click()
    expect(circle(owner, rejects[1])).to_be_checked()
    expect(bar(page)).to_contain_text("2 selected")
    expect(bar(page).get_by_role("button", name="Make public")).to_have_count(0)
    assert owner.complaints("files of no use, two of them chosen") == {}
    assert too_small(page) == []
    assert overflows(page) == 0
    bar(page).get_by_role("button", name="Trash").click()
    expect(toast(page)).to_contain_text("2 photos moved to trash.")
    expect(reject(owner, rejects[0])).to_have_count(0)
    expect(circle(owner, rejects[2])).to_be_visible()
    expect(page.locator(":focus")).to_have_count(1)
    toast(page).get_by_role("button", name="Undo").click()
    expect(reject(owner, rejects[0])).to_contain_text("This is a text file")
    expect(reject(owner, rejects[1])).to_be_visible()


def test_shift_chooses_all_between_and_they_are_deleted_for_ever(owner: Visitor, rejects: list[str]) -> None:
    page = owner.page
    order = [name for name in page.locator(".rejected-file h2").all_inner_texts() if name in rejects]
    circle(owner, order[0]).click()
    circle(owner, order[2]).click(modifiers=["Shift"])
    for name in order:
        expect(circle(owner, name)).to_be_checked()
    circle(owner, order[1]).click()
    expect(circle(owner, order[1])).not_to_be_checked()
    bar(page).get_by_role("button", name="Delete permanently").click()
    page.get_by_role("group", name="Delete these").get_by_role("button", name="Delete permanently").click()
    expect(toast(page)).to_contain_text("deleted permanently")
    expect(reject(owner, order[0])).to_have_count(0)
    expect(reject(owner, order[1])).to_be_visible()


@on_a_phone
def test_a_resting_finger_chooses_a_file_of_no_use(owner: Visitor, rejects: list[str]) -> None:
    page = owner.page
    finger = page.context.new_cdp_session(page)
    spot = reject(owner, rejects[0]).get_by_text("This is a text file")
    spot.scroll_into_view_if_needed()
    box = spot.bounding_box()
    assert box is not None
    touch = {"x": box["x"] + 20, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
    expect(bar(page)).to_contain_text("1 selected")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(circle(owner, rejects[0])).to_be_checked()
    reject(owner, rejects[1]).get_by_text("This is a text file").tap()
    expect(bar(page)).to_contain_text("2 selected")


def test_a_file_of_no_use_is_saved_under_its_name(owner: Visitor, rejects: list[str]) -> None:
    with owner.page.expect_download() as saving:
        reject(owner, rejects[0]).get_by_role("link", name=f"Download file {rejects[0]}").click()
    assert saving.value.suggested_filename == rejects[0]
    assert saving.value.path().read_bytes() == NO_PICTURE + rejects[0].encode()
