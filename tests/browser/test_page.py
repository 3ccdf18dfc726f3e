"""The page as a browser takes it: installed, running nothing but its own files, still for whoever wants it so."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.test_selecting import bar, circle, toast
from tests.browser.test_viewer import info, viewer
from tests.browser.viewports import on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# px: what a phone keeps at the foot of its screen for a bar of its own.
FOOT = 34


def test_it_can_be_installed_with_icons_of_the_sizes_it_claims(visitor: Visitor) -> None:
    visitor.opens()
    browser = visitor.page.context.new_cdp_session(visitor.page)
    told = browser.send("Page.getAppManifest")
    assert told["errors"] == []
    # Nothing can be installed from the private windows that tests look through; that is the browser's only objection.
    objections = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {objection["errorId"] for objection in objections} <= {"in-incognito"}
    manifest: dict[str, Any] = visitor.page.request.get(told["url"]).json()
    for icon in manifest["icons"]:
        answer = visitor.page.request.get(urljoin(told["url"], icon["src"]))
        assert answer.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width, height = Image.open(BytesIO(answer.body())).size
            assert f"{width}x{height}" == icon["sizes"]
    assert {"maskable"} <= {icon.get("purpose") for icon in manifest["icons"]}


def test_its_policy_lets_in_nothing_inline_and_no_other_host(visitor: Visitor) -> None:
    answer = visitor.page.request.get(visitor.library.page_url)
    policy = {
        name: sources.split()
        for name, _, sources in (
            part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";")
        )
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    sources = {source for allowed in policy.values() for source in allowed}
    own = {visitor.library.api_url, f"http://127.0.0.1:{visitor.library.ports.services}"}
    assert sources <= {"'none'", "'self'", "blob:", "data:"} | own
    html = answer.text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html) == []
    visitor.opens()
    refused = visitor.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.inline = true";
            document.head.append(script);
            return window.inline !== true;
        }"""
    )
    assert refused


@pytest.fixture(autouse=True)
def refusals(tolerated: list[str]) -> None:
    """The browser tells of what the policy refused."""
    tolerated.append("Executing inline script violates")


@on_a_phone
def test_nothing_moves_for_whoever_asked_for_that_and_nothing_lies_under_the_screens_foot(owner: Visitor) -> None:
    page = owner.page
    browser = page.context.new_cdp_session(page)
    browser.send("Emulation.setSafeAreaInsetsOverride", {"insets": {"bottom": FOOT}})
    owner.opens("?tag=lake")
    circle(owner, "lake-1.jpg").focus()
    page.keyboard.press("Space")
    expect(bar(page)).to_be_visible()
    assert lowest(page, ".selection button") <= 844 - FOOT
    assert moving(page) == []
    bar(page).get_by_role("button", name="Make public").click()
    expect(toast(page)).to_be_visible()
    expect(bar(page)).to_have_count(0)
    assert lowest(page, ".toast") <= 844 - FOOT
    owner.tile("lake-1.jpg").click()
    expect(viewer(page).get_by_role("img").first).to_be_visible()
    assert lowest(page, ".pswp__caption button") <= 844 - FOOT
    page.keyboard.press("i")
    expect(info(page).get_by_role("button", name="Move to trash")).to_be_attached()
    page.locator(".pswp__info").evaluate("panel => panel.scrollTo(0, panel.scrollHeight)")
    assert lowest(page, ".pswp__info button") <= 844 - FOOT
    assert moving(page) == []


def lowest(page: Page, selector: str) -> float:
    """Where the lowest of these ends, px from the window's top."""
    found: float = page.locator(selector).evaluate_all(
        "all => Math.max(...all.map(element => element.getBoundingClientRect().bottom))"
    )
    assert found > 0
    return found


def moving(page: Page) -> list[str]:
    """What takes its time to become another, or never rests."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(element => ["", "::before", "::after"].some(part => {
            const { animationName, transitionDuration } = getComputedStyle(element, part);
            return animationName !== "none" || transitionDuration.split(", ").some(time => parseFloat(time) > 0);
        })).map(element => element.outerHTML.slice(0, 80))"""
    )
    return found
