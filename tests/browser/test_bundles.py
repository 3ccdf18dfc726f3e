"""Downloads: choosing photos, progress, saved zip files, and errors."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.test_accessibility import CORS, overflows, too_small
from tests.browser.test_selecting import bar, checkbox
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone, on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MADE = "2026-11-20T10:00:00Z"


def dialog(page: Page) -> Locator:
    """The dialog."""
    return page.get_by_role("dialog", name="Download photos")


def open_dialog(owner: Visitor) -> Locator:
    """Open the dialog with the account menu."""
    owner.page.get_by_role("button", name="Account: ").click()
    owner.button("Download photos").click()
    expect(dialog(owner.page).get_by_role("button", name="Prepare download")).to_be_visible()
    return dialog(owner.page)


def bundle(state: str, **fields: Any) -> dict[str, Any]:
    """A bundle as the API returns it."""
    progress = {"photos_done": 20, "photos": 40, "bytes_done": 2_000_000, "bytes": 8_000_000}
    base = {"bundle_id": state, "title": "", "state": state, "created_at": MADE, "expires_at": "2026-11-21T10:00:00Z"}
    return {**base, "notify": False, "reason": None, "progress": progress, "volumes": [], "skipped": [], **fields}


@on_a_desktop_and_proof_on_a_phone
def test_bundle_of_a_tag_contains_the_originals(signed_in: Visitor) -> None:
    page, tag = signed_in.page, "lake"
    signed_in.open()
    bundle_dialog = open_dialog(signed_in)
    expect(page).to_have_url(re.compile("#download$"))
    expect(bundle_dialog.locator(".bundle-submit p")).to_have_text(re.compile(r"^All \d+ photos, "))
    bundle_dialog.get_by_role("button", name="By date").click()
    expect(bundle_dialog.get_by_label("First day")).to_be_visible()
    found = dict(signed_in.axe_violations("choosing days"))
    assert too_small(page) == []
    assert overflows(page) == 0
    bundle_dialog.get_by_role("button", name="Prepare download").click()
    expect(bundle_dialog.get_by_role("alert")).to_contain_text("Choose a first or last day, or a year.")
    bundle_dialog.get_by_role("button", name="By tag").click()
    expect(bundle_dialog.get_by_role("alert")).to_contain_text("Choose at least one tag")
    if bundle_dialog.get_by_role("searchbox").is_visible():
        bundle_dialog.get_by_role("searchbox").fill(tag)
    bundle_dialog.get_by_role("button", name=re.compile(f"^{tag}, 3 photos", re.IGNORECASE)).click()
    expect(bundle_dialog.get_by_text(re.compile(rf"^{tag} \(3\)$", re.IGNORECASE))).to_be_visible()
    found |= signed_in.axe_violations("choosing photos")
    assert too_small(page) == []
    assert overflows(page) == 0
    bundle_dialog.get_by_role("button", name="Prepare download").click()
    row = bundle_dialog.get_by_role("listitem").filter(has_text="3 photos,").first
    expect(row.get_by_role("heading")).to_be_focused()
    save = row.get_by_role("link", name="Download zip")
    expect(save).to_be_visible()
    expect(bundle_dialog.get_by_role("status").last).to_have_text("Ready.")
    found |= signed_in.axe_violations("ready to be saved")
    assert too_small(page) == []
    with page.expect_download() as download:
        save.click()
    with zipfile.ZipFile(download.value.path()) as built:
        names = {f"{tag}-{number}.jpg" for number in (1, 2, 3)}
        assert set(built.namelist()) == names
        s3, bucket = (
            signed_in.library.provisioned.client("s3"),
            signed_in.library.provisioned.outputs["OriginalsBucket"],
        )
        for name in names:
            assert built.read(name) == s3.get_object(Bucket=bucket, Key=name)["Body"].read()
    row.get_by_role("button", name="Remove download from").click()
    expect(row.get_by_role("button", name="Cancel")).to_be_focused()
    found |= signed_in.axe_violations("asked to confirm")
    assert too_small(page) == []
    assert overflows(page) == 0
    page.keyboard.press("Escape")
    remove = row.get_by_role("button", name="Remove download from")
    expect(remove).to_be_focused()
    remove.click()
    row.get_by_role("button", name="Remove download", exact=True).click()
    expect(row).to_have_count(0)
    assert found == {}


def test_bundle_of_selected_photos_returns_to_the_search(signed_in: Visitor) -> None:
    page, tag = signed_in.page, "mountain"
    signed_in.open(f"?tag={tag}")
    checkbox(signed_in, f"{tag}-2.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Download").click()
    expect(dialog(page)).to_contain_text("1 selected photo")
    dialog(page).get_by_role("checkbox", name="Include XMP sidecars").check()
    dialog(page).get_by_role("button", name="Prepare download").click()
    save = dialog(page).get_by_role("link", name="Download zip")
    expect(save).to_be_visible()
    with page.expect_download() as download:
        save.click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as built:
        assert built.namelist() == [f"{tag}-2.jpg", f"{tag}-2.jpg.xmp"]
    page.go_back()
    expect(dialog(page)).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"\?tag={tag}$"))
    signed_in.button("Download").first.click()
    expect(dialog(page).get_by_role("button", name=re.compile(f"^{tag}, 3", re.IGNORECASE))).to_have_attribute(
        "aria-pressed", "true"
    )


def test_bundle_of_a_day_contains_its_photos(signed_in: Visitor) -> None:
    page = signed_in.page
    figures = {"photos": 6, "bytes": 1, "tags": 3, "months": {"2025-12": 5}, "as_of": "2026-01-02T12:00:00Z"}
    page.route("**/stats?*", lambda route: route.fulfill(json=figures, headers=CORS))
    signed_in.open("?tag=diary")
    bundle_dialog = open_dialog(signed_in)
    bundle_dialog.get_by_role("button", name="By date").click()
    expect(bundle_dialog.get_by_role("button", name="2025, 5 photos")).to_be_visible()
    expect(bundle_dialog).to_contain_text("Counts updated Jan 2, 2026, 12:00")
    today = datetime.now(UTC).date()
    bundle_dialog.get_by_label("First day").fill(str(today - timedelta(days=1)))
    bundle_dialog.get_by_label("Last day").fill(str(today - timedelta(days=2)))
    bundle_dialog.get_by_role("button", name="Prepare download").click()
    expect(bundle_dialog.get_by_role("alert")).to_contain_text("The first day must not be after the last day.")
    bundle_dialog.get_by_label("Last day").fill(str(today + timedelta(days=1)))
    bundle_dialog.get_by_role("button", name="Prepare download").click()
    row = bundle_dialog.get_by_role("listitem").filter(has_text="Photos of").first
    save = row.get_by_role("link", name="Download zip")
    expect(save).to_be_visible()
    with page.expect_download() as download:
        save.click()
    assert download.value.suggested_filename.startswith("Photos of ")
    with zipfile.ZipFile(download.value.path()) as built:
        assert {"lake-1.jpg", "mountain-2.jpg", "secret.jpg"} <= set(built.namelist())
    row.get_by_role("button", name="Remove download from").click()
    row.get_by_role("button", name="Remove download", exact=True).click()
    expect(row).to_have_count(0)


@on_a_phone_and_proof_on_a_desktop
def test_every_bundle_state_is_rendered(owner: Visitor) -> None:
    page = owner.page
    volumes: list[dict[str, Any]] = [
        {"number": number, "url": None, "bytes": 4_000_000, "photos": 20} for number in (1, 2)
    ]
    volumes[0]["url"] = f"{owner.library.api_url}/d/token"
    skipped = [{"photo_id": "p", "filename": "lost.jpg", "reason": "Its original is gone."}]
    items = [
        bundle("building", volumes=volumes),
        bundle("ready", volumes=[volumes[0]], skipped=skipped),
        bundle("failed", reason="The library could not write the zip."),
        bundle("expired"),
    ]
    page.route("**/bundles", lambda route: route.fulfill(json={"items": items}, headers=CORS))
    page.route("**/bundles/building", lambda route: fulfill_bundle(route, items[0]))
    bundle_dialog = open_dialog(owner)
    expect(bundle_dialog.get_by_role("progressbar")).to_have_attribute("value", "0.25")
    expect(bundle_dialog).to_contain_text("Preparing 20 of 40 photos.")
    expect(bundle_dialog.get_by_role("link", name="Download zip 1 of 2")).to_be_visible()
    expect(bundle_dialog.get_by_role("link", name="Download zip 2 of 2")).to_have_count(0)
    expect(bundle_dialog).to_contain_text("The library could not write the zip.")
    expect(bundle_dialog).to_contain_text("Expired")
    bundle_dialog.get_by_text("1 photo skipped").click()
    expect(bundle_dialog).to_contain_text("lost.jpg: Its original is gone.")
    assert owner.axe_violations("downloads") == {}
    assert too_small(page) == []
    assert overflows(page) == 0
    bundle_dialog.get_by_role("button", name="Cancel download").click()
    bundle_dialog.get_by_role("button", name="Stop preparing").click()
    expect(bundle_dialog.get_by_role("progressbar")).to_have_count(0)
    expect(bundle_dialog.get_by_role("status").last).to_have_text("Download removed.")


def fulfill_bundle(route: Route, bundle: dict[str, Any]) -> None:
    """Fulfill a GET with the bundle, and a DELETE with 204."""
    if route.request.method == "GET":
        route.fulfill(json=bundle, headers=CORS)
    else:
        route.fulfill(
            status=204, headers={**CORS, "Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": "*"}
        )


def test_notification_choice_explains_pending_confirmation(owner: Visitor) -> None:
    bundle_dialog = open_dialog(owner)
    bundle_dialog.get_by_role("radio", name="Email").check()
    expect(bundle_dialog).to_contain_text(re.compile("follow the link in the email"))
    assert owner.axe_violations("pending confirmation") == {}
    owner.page.reload()
    expect(bundle_dialog.get_by_role("radio", name="Email")).to_be_checked()
    bundle_dialog.get_by_role("button", name="Turn off notifications").click()
    expect(bundle_dialog.get_by_role("radio", name="Don't notify me")).to_be_checked()
    expect(bundle_dialog).not_to_contain_text(re.compile("follow the link"))


def test_notification_choice_names_the_confirmed_addresses(owner: Visitor) -> None:
    subscriptions = [
        {"channel": "sms", "address": "•••• 1234", "state": "confirmed"},
        {"channel": "email", "address": "d•••@t•••.example", "state": "pending"},
    ]
    owner.page.route(
        "**/me/notifications",
        lambda route: route.fulfill(json={"channels": ["email", "sms"], "subscriptions": subscriptions}, headers=CORS),
    )
    bundle_dialog = open_dialog(owner)
    bundle_dialog.get_by_role("button", name="By tag").click()
    bundle_dialog.get_by_role("button", name=re.compile("^Lake, ")).click()
    summary = bundle_dialog.locator(".bundle-submit p")
    bundle_dialog.get_by_role("radio", name="Email").check()
    expect(bundle_dialog).to_contain_text("Until then, we'll notify •••• 1234.")
    expect(summary).to_have_text(re.compile(r"^Lake \(\d+\), text message$"))
    bundle_dialog.get_by_role("radio", name="Don't notify me").check()
    expect(summary).to_have_text(re.compile(r"^Lake \(\d+\)$"))


def test_failed_bundle_dialog_can_be_retried(owner: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("net::ERR_FAILED")
    owner.page.route("**/bundles", lambda route: route.abort())
    owner.page.get_by_role("button", name="Account: ").click()
    owner.button("Download photos").click()
    expect(dialog(owner.page).get_by_role("alert").first).to_contain_text("Couldn't reach the library")
    owner.page.unroute_all()
    owner.button("Try again").click()
    expect(dialog(owner.page).get_by_role("button", name="Prepare download")).to_be_visible()


def test_signed_out_user_sees_no_bundle_dialog(visitor: Visitor) -> None:
    visitor.open("#download")
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
