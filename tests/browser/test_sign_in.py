"""Signing in by the hosted page, staying so, and signing out."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.viewports import at_both_widths, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@at_both_widths
def test_signing_in_leads_to_ones_own_photos_and_signing_out_away_from_them(visitor: Visitor) -> None:
    visitor.opens()
    visitor.signs_in()
    expect(visitor.tile("secret.jpg")).to_be_visible()
    expect(visitor.tag("Diary")).to_be_visible()
    visitor.signs_out()
    expect(visitor.heading("Public gallery")).to_be_visible()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.tile("secret.jpg")).to_have_count(0)
    assert visitor.page.evaluate("JSON.stringify(sessionStorage)") == "{}"


def test_a_sign_in_lasts_through_a_reload_and_keeps_no_access_token_in_the_tab(visitor: Visitor) -> None:
    visitor.opens()
    visitor.signs_in()
    kept = visitor.page.evaluate("Object.keys(sessionStorage).sort()")
    assert kept == ["tintype.name", "tintype.refresh"]
    assert visitor.page.evaluate("localStorage.length") == 0
    visitor.page.reload()
    expect(visitor.tile("secret.jpg")).to_be_visible()


@on_a_phone
def test_one_comes_back_to_where_one_was(visitor: Visitor) -> None:
    visitor.opens("?tag=lake")
    visitor.signs_in(back_to="Lake")
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake$"))


def test_somebody_elses_library_is_not_shown(visitor: Visitor) -> None:
    visitor.opens()
    visitor.signs_in("second")
    expect(visitor.page.get_by_role("heading", name="No photos yet")).to_be_visible()
    visitor.button("Public").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"\?scope=public$"))


def test_a_token_that_ends_is_renewed_without_a_word(owner: Visitor, tolerated: list[str]) -> None:
    tolerated.append("status of 401")
    page = owner.page
    renewals: list[str] = []

    def give_a_short_one(route: Route) -> None:
        renewals.append(route.request.post_data or "")
        answer = route.fetch()
        told = answer.json()
        route.fulfill(response=answer, json=told | {"expires_in": 1} if len(renewals) == 1 else told)

    page.route("**/oauth2/token", give_a_short_one)
    owner.opens()
    expect(owner.heading("My photos")).to_be_visible()
    expect(page.locator(".tile").first).to_be_visible()
    assert len(renewals) == 2
    assert "grant_type=refresh_token" in renewals[1]

    # A token that ends before its time: the library refuses it once.
    refusals = iter(range(1))

    def refuse(route: Route) -> None:
        if next(refusals, None) is None:
            route.fallback()
        else:
            headers = {"Access-Control-Allow-Origin": "*"}
            route.fulfill(status=401, json={"error": "Sign in again.", "code": "unauthorized"}, headers=headers)

    page.route(re.compile(r"/gallery/articles"), refuse)
    with page.expect_response("**/oauth2/token"):
        owner.tag("Diary").click()
    expect(owner.heading("Diary")).to_be_visible()
    expect(owner.tile("lake-1.jpg")).to_have_count(0)
    expect(owner.tile("secret.jpg")).to_be_visible()
    assert next(refusals, None) is None
    assert len(renewals) == 3
    expect(page.get_by_text("signed out")).to_have_count(0)


def test_a_session_that_has_ended_is_told(visitor: Visitor, tolerated: list[str]) -> None:
    tolerated.append("status of 400")
    visitor.opens()
    visitor.signs_in()
    visitor.page.evaluate("sessionStorage.setItem('tintype.refresh', 'no-good')")
    visitor.page.reload()
    expect(visitor.page.get_by_text("You've been signed out")).to_be_visible()
    expect(visitor.heading("Public gallery")).to_be_visible()


def test_a_sign_in_that_does_not_answer_leaves_the_session_for_later(visitor: Visitor, tolerated: list[str]) -> None:
    tolerated += ["net::ERR_FAILED", "no answer"]
    visitor.opens()
    visitor.signs_in()
    visitor.page.route("**/oauth2/token", lambda route: route.abort())
    visitor.page.goto(visitor.library.page_url + "?tag=lake")
    expect(visitor.page.get_by_text("Couldn't reach the library")).to_be_visible()
    expect(visitor.heading("Lake")).to_be_visible()
    visitor.page.unroute_all()
    visitor.page.reload()
    expect(visitor.page.get_by_role("button", name="Account: ")).to_be_visible()


def test_a_link_with_a_strangers_code_signs_nobody_in(visitor: Visitor, tolerated: list[str]) -> None:
    tolerated.append("no sign-in was under way")
    visitor.opens("?code=stranger&state=stranger")
    expect(visitor.page.get_by_text("Sign-in failed")).to_be_visible()
    expect(visitor.page).to_have_url(visitor.library.page_url)
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
