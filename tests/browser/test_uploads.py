"""Putting photos in: from the files to the gallery, with what goes wrong on the way."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import drop
from tests.browser.photos import picture
from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor, slow

pytestmark = pytest.mark.browser

JPEG = "image/jpeg"
NO_PICTURE = b"Holiday list: sun cream, books, a jar.\n"
# Bytes a second at which a picture's way can be watched.
SLOWLY = 400_000


@at_both_widths
def test_dropped_photos_appear_by_themselves_and_what_is_no_photo_says_so(owner: Visitor) -> None:
    owner.page.evaluate(
        """() => {
            const status = document.querySelector("#announcements");
            const said = document.body.dataset;
            said.heard = "";
            new MutationObserver(() => { said.heard += status.textContent; }).observe(status, { childList: true });
        }"""
    )
    owner.drops(
        ("harbour.jpg", JPEG, picture()),
        ("notes.jpg", JPEG, NO_PICTURE),
        ("quay.jpg", JPEG, picture()),
        ("readme.txt", "text/plain", NO_PICTURE),
    )
    expect(owner.page.get_by_text("1 file skipped because it isn't a photo.")).to_be_visible()
    owner.adds(3, tags="Harbour, evening light")
    expect(owner.upload("harbour.jpg")).to_contain_text("In your library")
    expect(owner.upload("quay.jpg")).to_contain_text("In your library")
    expect(owner.upload("notes.jpg")).to_contain_text(re.compile("picture|photo|image", re.IGNORECASE))
    expect(owner.upload("notes.jpg")).to_have_attribute("data-stage", "rejected")
    expect(owner.page.get_by_role("heading", name="2 of 3 in your library")).to_be_visible()
    expect(owner.tile("harbour.jpg").first).to_be_visible()
    expect(owner.tile("notes.jpg")).to_have_count(0)
    expect(owner.tag("Evening Light")).to_be_visible()
    expect(owner.page.locator("body")).to_have_attribute("data-heard", re.compile("notes.jpg couldn't be processed"))
    owner.button("Close uploads").click()
    expect(owner.page.get_by_role("region", name="Uploads")).to_have_count(0)


def test_progress_is_told_while_the_bytes_leave(owner: Visitor) -> None:
    slow(owner.page, SLOWLY)
    owner.chooses(("slow.jpg", JPEG, picture((700, 700), grain=True)))
    owner.adds(1)
    row = owner.upload("slow.jpg")
    expect(row).to_contain_text(re.compile(r"Uploading [1-9]\d?%"))
    expect(owner.page.get_by_role("progressbar", name="Progress of slow.jpg")).to_be_visible()
    expect(owner.uploads).to_contain_text(re.compile(r"[\d.]+ [kM]B of [\d.]+ [kM]B"))
    assert owner.complaints("an upload under way") == {}
    slow(owner.page, -1)
    expect(row).to_contain_text("In your library")


@on_a_phone
def test_photos_are_private_unless_the_person_says_otherwise(owner: Visitor) -> None:
    owner.chooses(("mine.jpg", JPEG, picture()))
    owner.adds(1)
    expect(owner.upload("mine.jpg")).to_contain_text("In your library")
    owner.chooses(("shared.jpg", JPEG, picture()))
    owner.adds(1, public=True)
    expect(owner.upload("shared.jpg")).to_contain_text("In your library")
    owner.button("Close uploads").click()
    owner.button("Public").click()
    expect(owner.tile("shared.jpg").first).to_be_visible()
    expect(owner.tile("mine.jpg")).to_have_count(0)


def test_bytes_the_library_has_are_not_sent_twice(owner: Visitor) -> None:
    same = picture()
    owner.chooses(("first.jpg", JPEG, same))
    owner.adds(1)
    expect(owner.upload("first.jpg")).to_contain_text("In your library")
    owner.chooses(("again.jpg", JPEG, same))
    owner.adds(1)
    expect(owner.upload("again.jpg")).to_contain_text("Already in your library")
    assert owner.complaints("an upload that is known") == {}
    owner.button("Show existing photo for again.jpg").click()
    viewer = owner.page.get_by_role("dialog", name="Photo viewer")
    expect(viewer.get_by_text("first.jpg").first).to_be_visible()


@at_both_widths
def test_uploads_that_failed_can_be_retried_one_by_one_or_all(owner: Visitor, tolerated: list[str]) -> None:
    tolerated += ["status of 403", "x-amz-error-code"]
    bucket = re.compile(rf":{owner.library.ports.services}/")

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=403, body="", headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fallback()

    owner.page.route(bucket, refuse)
    owner.chooses(*((f"shaky-{number}.jpg", JPEG, picture()) for number in range(3)))
    owner.adds(3)
    expect(owner.button("Retry all 3")).to_be_visible()
    expect(owner.upload("shaky-2.jpg")).to_contain_text("Upload failed")
    assert owner.complaints("uploads failed") == {}
    owner.page.unroute(bucket)
    owner.button("Retry shaky-1.jpg").click()
    expect(owner.upload("shaky-1.jpg")).to_contain_text("In your library")
    owner.button("Retry all 2").click()
    expect(owner.page.get_by_role("heading", name="3 photos in your library")).to_be_visible()
    expect(owner.uploads.locator(":focus")).to_have_count(1)


def test_a_library_that_is_busy_is_asked_again_by_itself(owner: Visitor, tolerated: list[str]) -> None:
    tolerated.append("status of 429")
    refusals = iter(range(2))

    def busy(route: Route) -> None:
        if route.request.method == "POST" and next(refusals, None) is not None:
            headers = {"Access-Control-Allow-Origin": "*", "Retry-After": "1"}
            route.fulfill(status=429, json={"error": "Too many requests.", "code": "busy"}, headers=headers)
        else:
            route.fallback()

    owner.page.route("**/uploads", busy)
    owner.chooses(("patient.jpg", JPEG, picture()))
    owner.adds(1)
    expect(owner.upload("patient.jpg")).to_contain_text("In your library")


def test_a_photo_that_came_by_another_door_appears_by_itself(owner: Visitor) -> None:
    expect(owner.tile("secret.jpg")).to_be_visible()
    drop(owner.library, ("by-a-tool.jpg", "", "private"))
    expect(owner.tile("by-a-tool.jpg")).to_be_visible(timeout=30_000)


def test_too_many_tags_are_told_before_anything_is_sent(owner: Visitor) -> None:
    owner.chooses(("tagged.jpg", JPEG, picture()))
    owner.adds(1, tags=",".join(f"tag {number}" for number in range(21)))
    expect(owner.page.get_by_role("alert")).to_contain_text("up to 20 tags")
    expect(owner.page.get_by_role("textbox", name="Tags")).to_be_focused()


@on_a_phone
def test_adding_photos_needs_somebody_signed_in(visitor: Visitor) -> None:
    visitor.opens()
    visitor.drops(("stranger.jpg", JPEG, picture()))
    dialog = visitor.page.get_by_role("dialog", name="Sign in to add photos")
    expect(dialog.get_by_role("button", name="Sign in")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
