"""Uploads: from files to the gallery, and their errors."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OwnPhotos
from tests.browser.devtools import slow
from tests.browser.photos import picture
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone, on_a_phone, on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

JPEG = "image/jpeg"
NO_PICTURE = b"Holiday list: sun cream, books, a jar.\n"
# Bytes a second at which the progress of an upload is visible.
SLOWLY = 100_000


@on_a_phone_and_proof_on_a_desktop
def test_dropped_photos_appear_and_other_files_are_reported(owner: Visitor) -> None:
    owner.page.evaluate(
        """() => {
            const status = document.querySelector("#announcements");
            const data = document.body.dataset;
            data.heard = "";
            new MutationObserver(() => { data.heard += status.textContent; }).observe(status, { childList: true });
        }"""
    )
    owner.drop_files(
        ("harbour.jpg", JPEG, picture()),
        ("notes.jpg", JPEG, NO_PICTURE),
        ("quay.jpg", JPEG, picture()),
        ("readme.txt", "text/plain", NO_PICTURE),
    )
    expect(owner.page.get_by_text("1 file skipped because it isn't a photo. readme.txt")).to_be_visible()
    owner.start_upload(3, tags="Harbour, evening light")
    expect(owner.upload("harbour.jpg")).to_contain_text("In your library")
    expect(owner.upload("quay.jpg")).to_contain_text("In your library")
    expect(owner.upload("notes.jpg")).to_contain_text(re.compile("picture|photo|image", re.IGNORECASE))
    expect(owner.upload("notes.jpg")).to_have_attribute("data-stage", "rejected")
    expect(owner.page.get_by_role("heading", name="2 of 3 added")).to_be_visible()
    expect(owner.tile("harbour.jpg").first).to_be_visible()
    expect(owner.tile("notes.jpg")).to_have_count(0)
    expect(owner.tag("Evening Light")).to_be_visible()
    expect(owner.page.locator("body")).to_have_attribute("data-heard", re.compile("notes.jpg couldn't be processed"))
    owner.button("Close uploads").click()
    expect(owner.page.get_by_role("region", name="Uploads")).to_have_count(0)


def test_upload_progress_is_visible(owner: Visitor) -> None:
    slow(owner.page, SLOWLY)
    owner.choose_files(("slow.jpg", JPEG, picture((700, 700), grain=True)))
    owner.start_upload(1)
    row = owner.upload("slow.jpg")
    expect(row).to_contain_text(re.compile(r"Uploading [1-9]\d?%"))
    expect(owner.page.get_by_role("progressbar", name="Progress of slow.jpg")).to_be_visible()
    expect(owner.uploads).to_contain_text(re.compile(r"[\d.]+ [kM]B of [\d.]+ [kM]B"))
    assert owner.axe_violations("an upload under way") == {}
    slow(owner.page, -1)
    owner.expect_added(1)
    expect(owner.button("Expand uploads")).to_be_visible()


@on_a_phone
def test_uploads_are_private_by_default(owner: Visitor) -> None:
    for name, public in (("mine.jpg", False), ("shared.jpg", True)):
        owner.choose_files((name, JPEG, picture()))
        owner.start_upload(1, public=public)
        expect(owner.tile(name).first).to_be_visible()
    owner.button("Close uploads").click()
    owner.button("Public").click()
    expect(owner.tile("shared.jpg").first).to_be_visible()
    expect(owner.tile("mine.jpg")).to_have_count(0)


def test_duplicates_are_not_uploaded_again(owner: Visitor) -> None:
    same = picture()
    owner.choose_files(("first.jpg", JPEG, same), ("twin.jpg", JPEG, same))
    owner.start_upload(2)
    heading = owner.uploads.get_by_role("heading")
    expect(heading).to_have_text("1 photo added, 1 chosen twice")
    owner.button("Expand uploads").click()
    expect(owner.uploads.get_by_text(re.compile(r"Same file as (first|twin)\.jpg"))).to_be_visible()
    owner.choose_files(("again.jpg", JPEG, same))
    owner.start_upload(1)
    # Nothing was added: the list stays open to show which photos these are.
    expect(heading).to_have_text("1 photo already in your library")
    expect(owner.upload("again.jpg")).to_contain_text("Already in your library")
    assert owner.axe_violations("an upload that is known") == {}
    owner.button("Show existing photo for again.jpg").click()
    viewer = owner.page.get_by_role("dialog", name="Photo viewer")
    expect(viewer).to_contain_text(re.compile(r"(first|twin)\.jpg"))


@on_a_desktop_and_proof_on_a_phone
def test_failed_uploads_can_be_retried(owner: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors += ["status of 403", "x-amz-error-code"]
    bucket = re.compile(rf":{owner.library.ports.services}/")

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=403, body="", headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fallback()

    owner.page.route(bucket, refuse)
    owner.choose_files(*((f"shaky-{number}.jpg", JPEG, picture()) for number in range(3)))
    owner.start_upload(3)
    expect(owner.button("Retry all 3")).to_be_visible()
    expect(owner.uploads.locator("progress")).to_have_count(0)
    expect(owner.upload("shaky-2.jpg")).to_contain_text("Upload failed")
    assert owner.axe_violations("uploads failed") == {}
    owner.page.unroute(bucket)
    owner.button("Retry shaky-1.jpg").click()
    expect(owner.upload("shaky-1.jpg")).to_contain_text("In your library")
    owner.button("Retry all 2").click()
    owner.expect_added(3)
    expect(owner.uploads.locator(":focus")).to_have_count(1)


def test_upload_is_retried_after_429(owner: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("status of 429")
    refusals = iter(range(2))

    def busy(route: Route) -> None:
        if route.request.method == "POST" and next(refusals, None) is not None:
            headers = {"Access-Control-Allow-Origin": "*", "Retry-After": "1"}
            route.fulfill(status=429, json={"error": "Too many requests.", "code": "busy"}, headers=headers)
        else:
            route.fallback()

    owner.page.route("**/uploads", busy)
    owner.choose_files(("patient.jpg", JPEG, picture()))
    owner.start_upload(1)
    owner.expect_added(1)


def test_photo_from_an_s3_tool_appears_without_reload(owner: Visitor, own_photos: OwnPhotos) -> None:
    expect(owner.tile("secret.jpg")).to_be_visible()
    tag = own_photos(1)
    expect(owner.tile(f"{tag}-1.jpg")).to_be_visible(timeout=30_000)


def test_too_many_tags_are_reported_before_the_upload(owner: Visitor) -> None:
    owner.choose_files(("tagged.jpg", JPEG, picture()))
    owner.start_upload(1, tags=",".join(f"tag {number}" for number in range(21)))
    expect(owner.page.get_by_role("alert")).to_contain_text("up to 20 tags")
    field = owner.page.get_by_role("combobox", name="Tags")
    expect(field).to_be_focused()
    field.fill("calm, lak")
    owner.page.get_by_role("option", name="Lake").click()
    expect(field).to_have_value("calm, lake, ")
    expect(owner.page.get_by_role("alert")).to_have_count(0)


@on_a_phone
def test_upload_needs_a_signed_in_user(visitor: Visitor) -> None:
    visitor.open()
    visitor.drop_files(("stranger.jpg", JPEG, picture()))
    dialog = visitor.page.get_by_role("dialog", name="Sign in to add photos")
    expect(dialog.get_by_role("button", name="Sign in")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
