"""Signing in with the hosted page, sessions, and signing out."""

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import Route, expect

from tests.browser.devtools import slow
from tests.browser.photos import picture
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import bar, checkbox, toast
from tests.browser.test_viewer import caption, info
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone, on_a_phone, on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@on_a_phone_and_proof_on_a_desktop
def test_sign_in_shows_own_photos_and_sign_out_hides_them(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    visitor.button("Sign in").first.click()
    expect(page).to_have_title("Sign in · Tintype")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("nobody@tintype.example")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("User name")).to_have_value("nobody@tintype.example")
    expect(page.get_by_label("Password")).to_be_focused()
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 320, "height": 600})
    assert visitor.axe_violations("signing in") == {}
    assert (too_small(page), overflows(page)) == ([], 0)
    page.set_viewport_size(size)
    visitor.open()
    visitor.sign_in()
    expect(visitor.tile("secret.jpg")).to_be_visible()
    expect(visitor.tag("Diary")).to_be_visible()
    visitor.sign_out()
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.tile("secret.jpg")).to_have_count(0)
    assert stored(visitor) == ({}, {})


def stored(visitor: Visitor) -> tuple[dict[str, str], dict[str, str]]:
    """What the page has stored for all tabs, and for its own tab."""
    device, tab = visitor.page.evaluate("[{...localStorage}, {...sessionStorage}]")
    return device, tab


def test_tabs_share_a_session_without_a_stored_access_token(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    with page.expect_response("**/oauth2/token") as response:
        visitor.sign_in()
    device, tab = stored(visitor)
    assert (set(device), tab) == ({"tintype.session"}, {})
    tokens = response.value.json()
    assert tokens["refresh_token"] in device["tintype.session"]
    assert tokens["access_token"] not in device["tintype.session"]
    assert tokens["id_token"] not in device["tintype.session"]

    other = Visitor(page.context.new_page(), visitor.library)
    try:
        other.open()
        expect(other.tile("secret.jpg")).to_be_visible()
        page.get_by_role("button", name="Account: ").click()
        shared_computer = page.get_by_role("checkbox", name="Shared computer")
        shared_computer.check()
        expect(other.heading("Public gallery")).to_be_visible()
        device, tab = stored(visitor)
        assert (device, set(tab)) == ({"tintype.shared-computer": "on"}, {"tintype.session"})
        page.reload()
        expect(visitor.tile("secret.jpg")).to_be_visible()
        page.get_by_role("button", name="Account: ").click()
        expect(shared_computer).to_be_checked()
        shared_computer.uncheck()
        expect(other.tile("secret.jpg")).to_be_visible()
        with page.expect_request("**/oauth2/revoke") as revocation:
            visitor.button("Sign out").click()
        assert tokens["refresh_token"] in (revocation.value.post_data or "")
        expect(other.heading("Public gallery")).to_be_visible()
        expect(other.tile("secret.jpg")).to_have_count(0)
        assert stored(other) == ({}, {})
    finally:
        other.page.close()


def test_sign_out_leaves_nothing_of_the_user_in_any_tab(visitor: Visitor) -> None:
    library, context = visitor.library, visitor.page.context

    def open_tab(query: str = "") -> Visitor:
        tab = Visitor(tabs.enter_context(context.new_page()), library)
        tab.page.goto(library.page_url + query)
        return tab

    with ExitStack() as tabs:
        here = open_tab()
        here.sign_in()
        here.tag("Diary").click()
        expect(here.heading("Diary")).to_be_visible()
        viewer, selecting, explore, away, uploading = (
            open_tab(query) for query in ("?tag=diary", "?tag=diary", "?page=explore", "?tag=diary", "")
        )
        viewer.tile("secret.jpg").click()
        expect(caption(viewer.page)).to_contain_text("secret.jpg")
        viewer.page.keyboard.press("i")
        expect(info(viewer.page)).to_contain_text("secret.jpg")
        checkbox(selecting, "secret.jpg").click()
        expect(bar(selecting.page)).to_contain_text("1 selected")
        selecting.page.keyboard.press("?")
        expect(selecting.page.get_by_role("dialog")).to_be_visible()
        expect(explore.page.get_by_role("link", name="Diary").first).to_be_visible()
        slow(uploading.page, 1000)
        uploading.choose_files(("unsent.jpg", "image/jpeg", picture((1000, 900))))
        uploading.start_upload(1)
        expect(uploading.upload("unsent.jpg")).to_be_visible()
        for tab in (here, away):
            expect(tab.tile("secret.jpg")).to_be_visible()
        away.page.goto(library.page_url + "icon.svg")

        here.sign_out()
        for tab in (here, away):
            # Playwright fails if the page goes on at once after its go_back, or is left before evaluate returns.
            tab.page.evaluate("void setTimeout(() => history.back())")
        expect(away.page.get_by_role("heading", name="No photos tagged “Diary”")).to_be_visible()
        assert "secret.jpg" not in away.page.content()
        for tab in (here, viewer, selecting, explore, uploading):
            expect(tab.heading("Public gallery")).to_be_visible()
            expect(tab.tile("lake-1.jpg")).to_be_visible()
            expect(tab.page).to_have_url(library.page_url)
            expect(tab.page.locator("dialog, .pswp, tintype-upload-list li")).to_have_count(0)
            assert "secret.jpg" not in tab.page.content()

        here.sign_in("second")
        expect(viewer.page.get_by_role("heading", name="No photos yet")).to_be_visible()


def test_page_that_back_restores_after_a_sign_out_is_left(visitor: Visitor) -> None:
    # A page in the back/forward cache receives no events. Playwright switches that cache off, and with it Chromium may
    # crash when a page leaves it.
    suspend = "addEventListener('storage', (event) => event.stopImmediatePropagation(), true);"
    with visitor.page.context.new_page() as page, page.add_init_script(suspend):
        suspended = Visitor(page, visitor.library)
        suspended.open()
        suspended.sign_in()
        visitor.open()
        visitor.sign_out()
        expect(suspended.tile("secret.jpg")).to_be_visible()
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        expect(suspended.heading("Public gallery")).to_be_visible()
        expect(suspended.tile("lake-1.jpg")).to_be_visible()
        assert "secret.jpg" not in page.content()


@on_a_desktop_and_proof_on_a_phone
def test_page_stays_when_the_session_ends_and_continues_after_a_sign_in(
    signed_in: Visitor, allowed_errors: list[str]
) -> None:
    allowed_errors.append("status of 400")
    owner, page = signed_in, signed_in.page
    owner.open("?tag=lake")
    checkbox(owner, "lake-1.jpg").focus()
    page.keyboard.press("Space")
    expect(bar(page)).to_contain_text("1 selected")
    # The provider rejects the token, as after its 30 days, in another tab.
    page.evaluate(
        """() => {
            const session = JSON.parse(localStorage["tintype.session"]);
            localStorage["tintype.session"] = JSON.stringify({ ...session, refreshToken: "no-good" });
        }"""
    )
    other = Visitor(page.context.new_page(), owner.library)
    try:
        other.open()
        expect(other.page.get_by_text("You've been signed out")).to_be_visible()
        expect(page.get_by_text("You've been signed out")).to_be_visible()
        expect(bar(page)).to_contain_text("1 selected")
        assert owner.axe_violations("signed out") == {}
        assert (too_small(page), overflows(page)) == ([], 0)
    finally:
        other.page.close()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    other = Visitor(opened.value, owner.library)
    try:
        other.fill_sign_in_form()
        expect(other.heading("Lake")).to_be_visible()
        expect(other.page).to_have_url(re.compile(r"\?tag=lake$"))
        expect(page.get_by_text("You've been signed out")).to_have_count(0)
        expect(bar(page)).to_contain_text("1 selected")
        bar(page).get_by_role("button", name="Make public").click()
        expect(toast(page)).to_be_visible()
    finally:
        other.page.close()


def test_browser_that_blocks_storage_shows_photos(visitor: Visitor) -> None:
    page = visitor.page
    block = """for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
    }"""
    with page.context.new_page() as blocked, blocked.add_init_script(block):
        other = Visitor(blocked, visitor.library)
        other.open()
        expect(other.tile("lake-1.jpg")).to_be_visible()
        other.button("Sign in").first.click()
        expect(blocked.get_by_text("Signing in needs storage that this browser blocks.")).to_be_visible()
        blocked.keyboard.press("?")
        expect(blocked.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


@on_a_phone
def test_sign_in_returns_to_the_previous_view(visitor: Visitor) -> None:
    visitor.open("?tag=lake")
    visitor.sign_in(back_to="Lake")
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake$"))


def test_another_users_private_photos_are_hidden(visitor: Visitor) -> None:
    visitor.open()
    visitor.sign_in("second")
    expect(visitor.page.get_by_role("heading", name="No photos yet")).to_be_visible()
    visitor.button("Public").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?scope=public$"))


def test_expired_token_is_refreshed_silently(signed_in: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("status of 401")
    owner, page = signed_in, signed_in.page
    renewals: list[str] = []

    def shorten_first_token(route: Route) -> None:
        renewals.append(route.request.post_data or "")
        response = route.fetch()
        body = response.json()
        route.fulfill(response=response, json=body | {"expires_in": 1} if len(renewals) == 1 else body)

    page.route("**/oauth2/token", shorten_first_token)
    owner.open()
    expect(owner.heading("My photos")).to_be_visible()
    expect(page.locator(".tile").first).to_be_visible()
    assert len(renewals) == 2
    assert "grant_type=refresh_token" in renewals[1]

    # The API rejects a token before its time, once.
    refusals = iter(range(1))

    def refuse(route: Route) -> None:
        if next(refusals, None) is None:
            route.fallback()
        else:
            headers = {"Access-Control-Allow-Origin": "*"}
            route.fulfill(status=401, json={"error": "Sign in again.", "code": "unauthorized"}, headers=headers)

    page.route(re.compile(r"/photos\?.*tag="), refuse)
    with page.expect_response("**/oauth2/token"):
        owner.tag("Diary").click()
    expect(owner.heading("Diary")).to_be_visible()
    expect(owner.tile("lake-1.jpg")).to_have_count(0)
    expect(owner.tile("secret.jpg")).to_be_visible()
    assert next(refusals, None) is None
    assert len(renewals) == 3
    expect(page.get_by_text("signed out")).to_have_count(0)


def test_expired_session_is_reported(signed_in: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("status of 400")
    signed_in.page.evaluate(
        "localStorage['tintype.session'] = JSON.stringify({ user: 'u', name: 'n', refreshToken: 'no-good' })"
    )
    signed_in.open()
    expect(signed_in.page.get_by_text("You've been signed out")).to_be_visible()
    expect(signed_in.heading("Public gallery")).to_be_visible()


def test_unreachable_provider_preserves_the_session(signed_in: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors += ["net::ERR_FAILED", "no response"]
    signed_in.page.route("**/oauth2/token", lambda route: route.abort())
    signed_in.page.goto(signed_in.library.page_url + "?tag=lake")
    expect(signed_in.page.get_by_text("Couldn't reach the library")).to_be_visible()
    expect(signed_in.heading("Lake")).to_be_visible()
    expect(signed_in.page.get_by_role("button", name="Account: ")).to_be_visible()
    signed_in.page.unroute_all()
    # Nobody presses "Try again", and the browser reports no change of the network.
    expect(signed_in.tile("lake-1.jpg")).to_be_visible()


def test_foreign_authorization_code_is_rejected(visitor: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("no sign-in is pending")
    visitor.open("?code=stranger&state=stranger")
    expect(visitor.page.get_by_text("Sign-in failed")).to_be_visible()
    expect(visitor.page).to_have_url(visitor.library.page_url)
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
