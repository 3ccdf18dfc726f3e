"""Going through photos in the viewer: the trash, restoring, guests' photos to decide about, Back, and the slideshow."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OwnPhotos, api_request
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import names, toast
from tests.browser.test_viewer import caption, info, viewer
from tests.browser.viewports import on_a_phone, on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(signed_in: Visitor) -> Visitor:
    """The demo user, signed in; the tests open the page."""
    return signed_in


def counter(page: Page) -> Locator:
    """Where the photo is in its view."""
    return viewer(page).locator(".pswp__counter")


@on_a_phone_and_proof_on_a_desktop
def test_trash_moves_on_to_the_next_photo_and_is_undone(owner: Visitor, own_photos: OwnPhotos) -> None:
    page, tag = owner.page, own_photos(3)
    owner.open(f"?tag={tag}")
    expect(page.locator(".tile")).to_have_count(3)
    first, second, third = names(page)
    owner.tile(first).click()
    expect(counter(page)).to_have_text("1 of 3")
    page.keyboard.press("Delete")
    expect(caption(page)).to_contain_text(second)
    expect(counter(page)).to_have_text("1 of 2")
    expect(viewer(page).locator(".pswp__item[aria-hidden=false] img").last).to_be_visible()
    found = owner.axe_violations("photo in the trash")
    assert (found, too_small(page.locator(".pswp")), overflows(page)) == ({}, [], 0)
    toast(page).get_by_role("button", name="Undo").click()
    expect(caption(page)).to_contain_text(first)
    expect(counter(page)).to_have_text("1 of 3")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(caption(page)).to_contain_text(third)
    viewer(page).get_by_role("button", name="Move to trash").click()
    expect(caption(page)).to_contain_text(second)
    expect(toast(page)).to_have_text(re.compile("1 photo moved to trash"))
    toast(page).get_by_role("button", name="Dismiss").click()  # the next one has the same text
    page.keyboard.press("i")
    info(page).get_by_role("button", name="Move to trash").click()
    expect(info(page).get_by_role("heading", level=2)).to_have_text(first)
    expect(info(page)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(viewer(page)).to_have_count(0)
    expect(page.locator(".tile")).to_have_count(1)
    # What was reported last can be undone on the page, too.
    toast(page).get_by_role("button", name="Undo").click()
    expect(owner.tile(second)).to_be_visible()


@on_a_phone
def test_photos_in_the_trash_are_restored_or_deleted(owner: Visitor, own_photos: OwnPhotos) -> None:
    page, tag = owner.page, own_photos(3)
    photos = api_request(owner.library, f"/photos?tag={tag}", owner.library.token())["items"]
    body = {"action": "trash", "photo_ids": [photo["photo_id"] for photo in photos]}
    api_request(owner.library, "/photos/batch", owner.library.token(), "POST", body)
    owner.open("?state=trashed")
    expect(page.locator(".tile")).to_have_count(3)
    first, second, third = names(page)
    page.locator(".tile").first.click()
    expect(viewer(page).get_by_role("button", name="Move to trash")).to_have_count(0)
    viewer(page).get_by_role("button", name="Restore").click()
    expect(caption(page)).to_contain_text(second)
    expect(toast(page)).to_contain_text("1 photo restored.")
    assert too_small(page.locator(".pswp")) == []
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog", name="Delete this photo permanently?")
    dialog.get_by_text("Cancel").click()
    expect(caption(page)).to_contain_text(second)
    viewer(page).get_by_role("button", name="Delete permanently").click()
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(caption(page)).to_contain_text(third)
    # The last one closes the viewer.
    viewer(page).get_by_role("button", name="Restore").click()
    expect(viewer(page)).to_have_count(0)
    expect(page.get_by_text("Trash is empty")).to_be_visible()
    restored = api_request(owner.library, f"/photos?tag={tag}", owner.library.token())["items"]
    assert {photo["filename"] for photo in restored} == {first, third}


def test_failed_trash_puts_the_photo_back(owner: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("net::ERR_FAILED")
    page = owner.page
    page.route("**/photos/batch", lambda route: route.abort())
    owner.open("?tag=lake")
    expect(page.locator(".tile")).to_have_count(3)
    last = names(page)[-1]
    owner.tile(last).click()
    expect(counter(page)).to_have_text("3 of 3")
    page.keyboard.press("Delete")
    expect(toast(page)).to_contain_text("Couldn't reach the library")
    expect(caption(page)).to_contain_text(last)
    expect(counter(page)).to_have_text("3 of 3")


@on_a_phone_and_proof_on_a_desktop
def test_back_closes_info_and_then_the_viewer(owner: Visitor) -> None:
    page = owner.page
    owner.open("?tag=lake")
    expect(page.locator(".tile")).to_have_count(3)
    first, second, third = names(page)
    owner.tile(first).click()
    viewer(page).get_by_role("button", name="Info", exact=True).click()
    page.keyboard.press("ArrowRight")
    expect(info(page)).to_contain_text(second)
    page.go_back()
    expect(info(page)).to_be_hidden()
    expect(caption(page)).to_contain_text(second)
    page.go_forward()
    expect(info(page)).to_contain_text(second)
    # Closed by hand, it leaves no entry behind.
    page.keyboard.press("i")
    expect(info(page)).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(caption(page)).to_contain_text(third)
    photo = page.url
    page.go_back()
    expect(viewer(page)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?tag=lake$"))
    # By its address, and with a tag that closes both.
    page.goto(photo)
    expect(caption(page)).to_contain_text(third)
    page.keyboard.press("i")
    info(page).get_by_role("button", name="Photos tagged Lake").click()
    expect(viewer(page)).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?tag=lake$"))
    expect(viewer(page)).to_have_count(0)


def test_slideshow_goes_on_from_the_last_photo_to_the_first(owner: Visitor) -> None:
    page = owner.page
    page.clock.install()
    owner.open("?tag=lake")
    expect(page.locator(".tile")).to_have_count(3)
    owner.tile(names(page)[1]).click()
    expect(counter(page)).to_have_text("2 of 3")
    page.keyboard.press("i")
    viewer(page).get_by_role("button", name="Play slideshow").click()
    expect(info(page)).to_be_hidden()
    for number in (3, 1):
        expect(viewer(page).locator(".pswp__item[aria-hidden=false] img.pswp__img").last).to_be_visible()
        page.clock.run_for(5600)
        expect(counter(page)).to_have_text(f"{number} of 3")
    expect(viewer(page)).not_to_have_class(re.compile("pswp--ui-visible"))
    viewer(page).focus()
    page.keyboard.press("Space")
    expect(viewer(page)).to_have_class(re.compile("pswp--ui-visible"))
    page.clock.run_for(20_000)
    expect(counter(page)).to_have_text("1 of 3")
    page.keyboard.press("Space")
    expect(viewer(page)).to_have_class(re.compile("pswp--playing"))
    page.keyboard.press("Escape")  # ends the slideshow, then closes the viewer
    expect(viewer(page)).not_to_have_class(re.compile("pswp--playing"))
    page.keyboard.press("Escape")
    expect(viewer(page)).to_have_count(0)


@on_a_phone
def test_menu_has_what_the_bar_of_a_phone_has_no_room_for(owner: Visitor) -> None:
    page = owner.page
    owner.open("?tag=lake")
    owner.tile("lake-1.jpg").click()
    more = viewer(page).get_by_role("button", name="More", exact=True)
    more.click()
    expect(viewer(page).get_by_role("button", name="Copy link")).to_be_visible()
    assert too_small(page.locator(".pswp")) == []
    page.keyboard.press("Escape")
    expect(viewer(page).get_by_role("button", name="Copy link")).to_be_hidden()
    expect(viewer(page)).to_be_visible()
    more.click()
    viewer(page).get_by_role("button", name="Share").click()
    expect(page.get_by_role("dialog", name=re.compile("Share"))).to_be_visible()
