"""Choosing photos in the grid, what can be done with them, and how that is undone; the trash."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OwnPhotos
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

type Told = dict[str, list[str]]


@pytest.fixture
def tag(owner: Visitor, own_photos: OwnPhotos) -> str:
    """A tag of the test's own with four photos under it, `{tag}-1.jpg` and so on, which the owner looks at."""
    tag = own_photos(4)
    owner.opens(f"?tag={tag}")
    expect(owner.page.locator(".tile")).to_have_count(4)
    return tag


def circle(owner: Visitor, filename: str) -> Locator:
    """What chooses a photo."""
    return owner.page.locator("main").get_by_role("checkbox", name=re.compile(f"^Select .*{re.escape(filename)}"))


def bar(page: Page) -> Locator:
    """What can be done with what is chosen."""
    return page.get_by_role("region", name="Selected photos")


def toast(page: Page) -> Locator:
    """What is told of what was done."""
    return page.get_by_role("status", name="Last action")


def names(page: Page) -> list[str]:
    """The filenames in the grid, in their order."""
    return [
        re.sub(r".*\((.*)\)$", r"\1", image.get_attribute("alt") or "") for image in page.locator(".tile img").all()
    ]


@at_both_widths
def test_photos_are_chosen_trashed_and_brought_back(owner: Visitor, tag: str) -> None:
    page = owner.page
    circle(owner, f"{tag}-1.jpg").focus()
    page.keyboard.press("Space")
    expect(bar(page)).to_contain_text("1 selected")
    owner.tile(f"{tag}-3.jpg").click()
    expect(bar(page)).to_contain_text("2 selected")
    expect(owner.tile(f"{tag}-3.jpg")).to_have_attribute("aria-pressed", "true")
    found: Told = dict(owner.complaints("selecting"))
    assert too_small(page) == []
    assert overflows(page) == 0
    bar(page).get_by_role("button", name="Trash").click()
    expect(toast(page)).to_contain_text("2 photos moved to trash.")
    expect(page.locator(".tile")).to_have_count(2)
    expect(bar(page)).to_have_count(0)
    expect(page.locator(".tile:focus")).to_have_count(1)
    found |= owner.complaints("trashed, with a way back")
    assert too_small(page) == []
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".tile")).to_have_count(4)
    expect(toast(page)).to_contain_text("Undone.")
    assert found == {}


def test_shift_stretches_a_selection_and_escape_ends_it(owner: Visitor, tag: str) -> None:
    page, order = owner.page, names(owner.page)
    circle(owner, order[0]).click()
    owner.tile(order[2]).click(modifiers=["Shift"])
    expect(bar(page)).to_contain_text("3 selected")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(bar(page)).to_have_count(0)
    owner.tile(order[0]).click()
    expect(page.get_by_role("dialog", name="Photo viewer")).to_be_visible()


@on_a_phone
def test_a_resting_finger_begins_and_the_circles_stay(owner: Visitor, tag: str) -> None:
    page, order = owner.page, names(owner.page)
    expect(circle(owner, order[1])).to_have_css("opacity", "0")
    finger = page.context.new_cdp_session(page)
    box = owner.tile(order[0]).bounding_box()
    assert box is not None
    spot = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spot]})
    expect(bar(page)).to_contain_text("1 selected")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(circle(owner, order[1])).to_have_css("opacity", "1")
    expect(bar(page)).to_contain_text("1 selected")
    owner.tile(order[1]).tap()
    expect(bar(page)).to_contain_text("2 selected")
    bar(page).get_by_role("button", name="Clear selection").tap()
    expect(bar(page)).to_have_count(0)


@at_both_widths
def test_all_of_them_are_tagged_published_and_hidden_and_each_is_undone(owner: Visitor, tag: str) -> None:
    page, word = owner.page, f"{tag[:8]} together"
    circle(owner, f"{tag}-2.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Select all").click()
    expect(bar(page)).to_contain_text("4 selected")
    bar(page).get_by_role("button", name="Add tags…").click()
    field = bar(page).get_by_role("combobox", name="Add tags")
    expect(field).to_be_focused()
    field.press_sequentially("moun")
    expect(page.get_by_role("option", name="Mountain")).to_be_visible()
    found: Told = dict(owner.complaints("tags for several"))
    assert too_small(page) == []
    assert overflows(page) == 0
    field.fill(word)
    field.press("Enter")
    expect(toast(page)).to_contain_text("4 photos tagged")
    expect(page.get_by_role("img", name=word)).to_have_count(4)
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("img", name=word)).to_have_count(0)
    expect(toast(page)).to_contain_text("Undone.")

    circle(owner, f"{tag}-2.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Make public").click()
    expect(toast(page)).to_contain_text("1 photo is now public.")
    expect(owner.tile(f"{tag}-2.jpg")).to_contain_text("Public")
    circle(owner, f"{tag}-2.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Make private").click()
    expect(toast(page)).to_contain_text("1 photo is now private.")
    page.keyboard.press("Control+z")
    expect(owner.tile(f"{tag}-2.jpg")).to_contain_text("Public")
    assert found == {}


def test_what_did_not_work_is_told_photo_by_photo_and_stays_chosen(owner: Visitor, tag: str) -> None:
    page = owner.page

    def partly(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        told["results"][0] = {
            "photo_id": told["results"][0]["photo_id"],
            "ok": False,
            "error": "This photo keeps changing; try again in a moment.",
            "code": "conflict",
        }
        route.fulfill(response=answer, json=told)

    page.route("**/photos/batch", partly)
    circle(owner, f"{tag}-1.jpg").click()
    bar(page).get_by_role("button", name="Select all").click()
    bar(page).get_by_role("button", name="Make public").click()
    expect(toast(page)).to_contain_text("3 photos are now public. 1 photo couldn't be changed.")
    expect(toast(page)).to_contain_text(re.compile(r"-\d\.jpg: This photo keeps changing"))
    expect(bar(page)).to_contain_text("1 selected")


def test_an_undo_that_does_not_get_through_is_not_called_one(owner: Visitor, tag: str, tolerated: list[str]) -> None:
    tolerated.append("net::ERR_FAILED")
    page = owner.page
    circle(owner, f"{tag}-1.jpg").click()
    bar(page).get_by_role("button", name="Trash").click()
    expect(toast(page)).to_contain_text("1 photo moved to trash.")
    page.route("**/photos/batch", lambda route: route.abort())
    toast(page).get_by_role("button", name="Undo").click()
    expect(toast(page)).to_contain_text("Couldn't undo this for 1 photo.")
    expect(toast(page)).to_contain_text(f"{tag}-1.jpg: Couldn't reach the library.")


def test_somebody_elses_photos_cannot_be_chosen(visitor: Visitor) -> None:
    visitor.opens()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.page.get_by_role("checkbox")).to_have_count(0)
    visitor.signs_in("second")
    visitor.opens("?scope=public")
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.page.get_by_role("checkbox")).to_have_count(0)


@at_both_widths
def test_the_trash_gives_back_or_deletes_for_ever(owner: Visitor, tag: str) -> None:
    page = owner.page
    circle(owner, f"{tag}-1.jpg").focus()
    page.keyboard.press("Space")
    owner.tile(f"{tag}-2.jpg").click()
    bar(page).get_by_role("button", name="Trash").click()
    expect(toast(page)).to_contain_text("2 photos moved to trash.")
    page.get_by_role("button", name="Account: ").click()
    owner.button("Trash").click()
    expect(owner.heading("Trash")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?state=trashed$"))
    expect(page.get_by_text("30 days")).to_be_visible()
    circle(owner, f"{tag}-1.jpg").focus()
    page.keyboard.press("Space")
    found: Told = dict(owner.complaints("the trash"))
    bar(page).get_by_role("button", name="Restore").click()
    expect(toast(page)).to_contain_text("1 photo restored.")
    expect(owner.tile(f"{tag}-1.jpg")).to_have_count(0)

    circle(owner, f"{tag}-2.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Delete permanently").click()
    expect(bar(page)).to_contain_text("can't be undone")
    expect(owner.button("Cancel")).to_be_focused()
    found |= owner.complaints("delete permanently?")
    assert too_small(page) == []
    assert overflows(page) == 0
    page.keyboard.press("Escape")
    expect(bar(page)).to_contain_text("1 selected")
    bar(page).get_by_role("button", name="Delete permanently").click()
    bar(page).get_by_role("button", name="Delete permanently").click()
    expect(toast(page)).to_contain_text("1 photo deleted permanently.")
    expect(toast(page).get_by_role("button", name="Undo")).to_have_count(0)
    expect(owner.tile(f"{tag}-2.jpg")).to_have_count(0)
    owner.opens(f"?tag={tag}")
    expect(owner.tile(f"{tag}-1.jpg")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(3)
    assert found == {}
