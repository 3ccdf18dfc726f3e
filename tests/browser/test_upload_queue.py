"""Uploads over an unreliable connection, and leaving the page during uploads."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Locator, Request, Route, expect

from tests.browser.conftest import api_request
from tests.browser.devtools import set_offline, slow
from tests.browser.photos import picture
from tests.browser.shared_pages import listening
from tests.browser.viewports import PHONE, on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

JPEG = "image/jpeg"
# Bytes a second at which the upload of a `LARGE` image can be interrupted.
SLOWLY = 150_000
LARGE = (1000, 900)


@on_a_phone_and_proof_on_a_desktop
def test_uploads_resume_when_back_online(
    owner: Visitor, allowed_errors: list[str], request: pytest.FixtureRequest
) -> None:
    allowed_errors += ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED"]
    pending: list[Route] = []
    intercept_uploads(owner, lambda route: pending.append(route))
    names = [f"{request.node.callspec.id}-{number}.jpg" for number in range(6)]
    owner.choose_files(*((name, JPEG, picture()) for name in names))
    owner.start_upload(6)
    if owner.page.viewport_size == PHONE:  # where the list would cover half of the photos
        owner.button("Expand uploads").click()
    expect(owner.uploads.locator("[data-stage=sending]")).to_have_count(4)
    # Of one upload, only the response is lost.
    pending[0].fetch()
    set_offline(owner.page, True)
    for route in pending:
        route.abort("internetdisconnected")
    expect(owner.uploads.get_by_role("heading", name="Waiting for connection")).to_be_visible()
    for name in names:
        expect(owner.upload(name)).to_contain_text("Waiting for connection")
    assert owner.axe_violations("uploads offline") == {}
    owner.page.unroute_all()
    set_offline(owner.page, False)
    owner.expect_added(6)
    photos = api_request(owner.library, "/photos?limit=100", owner.library.token())["items"]
    mine = [photo["filename"] for photo in photos]
    assert sorted(name for name in mine if name in names) == names


def test_expired_upload_ticket_is_replaced(owner: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("status of 403")
    requests: list[str] = []

    def record(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/uploads"):
            requests.append(request.url)

    refusals = iter(range(1))

    def expired(route: Route) -> None:
        if next(refusals, None) is None:
            route.fallback()
        else:
            body = "<Error><Code>AccessDenied</Code><Message>Policy expired.</Message></Error>"
            route.fulfill(status=403, body=body, headers={"Access-Control-Allow-Origin": "*"})

    intercept_uploads(owner, expired)
    with listening(owner.page, "request", record):
        owner.choose_files(("late.jpg", JPEG, picture()))
        owner.start_upload(1)
        owner.expect_added(1)
    assert len(requests) == 2


def test_leaving_the_page_warns_during_uploads_only(owner: Visitor) -> None:
    slow(owner.page, SLOWLY)
    owner.choose_files(("leaving.jpg", JPEG, picture(LARGE, grain=True)))
    owner.start_upload(1)
    expect(owner.upload("leaving.jpg")).to_contain_text(re.compile(r"Uploading [1-9]"))
    requests: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        requests.append(dialog.type)
        dialog.dismiss()

    with listening(owner.page, "dialog", dismiss):
        with owner.page.expect_event("dialog"):
            owner.page.close(run_before_unload=True)
        with owner.page.expect_event("dialog"):
            owner.page.evaluate("setTimeout(() => location.reload())")
        assert requests == ["beforeunload", "beforeunload"]
        expect(owner.upload("leaving.jpg")).to_contain_text(re.compile("Uploading"))
        slow(owner.page, -1)
        owner.expect_added(1)
        owner.open()
        expect(owner.uploads).to_have_count(0)
        assert len(requests) == 2


def test_signing_out_asks_while_photos_are_not_uploaded(visitor: Visitor) -> None:
    visitor.open()
    visitor.sign_in()
    page = visitor.page
    pending: list[Route] = []
    intercept_uploads(
        visitor, lambda route: route.fallback() if route.request.url.endswith("/revoke") else pending.append(route)
    )
    visitor.choose_files(*((f"sign-out-{number}.jpg", JPEG, picture()) for number in range(2)))
    visitor.start_upload(2)
    expect(visitor.uploads.locator("[data-stage=sending]")).to_have_count(2)

    def ask_to_sign_out() -> Locator:
        page.get_by_role("button", name="Account: ").click()
        visitor.button("Sign out").click()
        return page.get_by_role("dialog", name="2 photos aren't uploaded yet. Sign out anyway?")

    ask_to_sign_out().locator(".dialog-actions").get_by_role("button", name="Stay").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Account: ")).to_be_visible()
    expect(visitor.uploads.locator("[data-stage=sending]")).to_have_count(2)
    question = ask_to_sign_out()
    assert visitor.axe_violations("signing out during uploads") == {}
    requests: list[str] = []

    def accept(dialog: Dialog) -> None:
        requests.append(dialog.type)
        dialog.accept()

    with listening(page, "dialog", accept), page.expect_event("framenavigated"):
        question.get_by_role("button", name="Sign out").click()
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.uploads).to_have_count(0)
    assert (len(pending), requests) == (2, [])


def intercept_uploads(owner: Visitor, handle: Callable[[Route], None]) -> None:
    """Handle the page's uploads to the bucket with a test's own route handler."""
    owner.page.route(
        re.compile(rf":{owner.library.ports.services}/"),
        lambda route: handle(route) if route.request.method == "POST" else route.fallback(),
    )
