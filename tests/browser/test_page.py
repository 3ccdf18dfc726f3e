"""The page as a web app: manifest, content security policy, reduced motion, safe area."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.devtools import devtools
from tests.browser.test_selecting import bar, checkbox, toast
from tests.browser.test_viewer import info, viewer
from tests.browser.viewports import on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# px: the safe area at the bottom of a phone's screen.
SAFE_AREA = 34


def test_manifest_is_installable_and_icon_sizes_are_true(visitor: Visitor) -> None:
    visitor.open()
    browser = devtools(visitor.page)
    manifest_info = browser.send("Page.getAppManifest")
    assert manifest_info["errors"] == []
    # Tests run in private windows, where nothing can be installed: no other error is allowed.
    objections = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {objection["errorId"] for objection in objections} <= {"in-incognito"}
    manifest: dict[str, Any] = visitor.page.request.get(manifest_info["url"]).json()
    for icon in manifest["icons"]:
        response = visitor.page.request.get(urljoin(manifest_info["url"], icon["src"]))
        assert response.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width, height = Image.open(BytesIO(response.body())).size
            assert f"{width}x{height}" == icon["sizes"]
    assert {"maskable"} <= {icon.get("purpose") for icon in manifest["icons"]}


def test_csp_allows_own_hosts_only_and_no_inline_code(visitor: Visitor) -> None:
    response = visitor.page.request.get(visitor.library.page_url)
    policy = {
        name: sources.split()
        for name, _, sources in (
            part.strip().partition(" ") for part in response.headers["content-security-policy"].split(";")
        )
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    sources = {source for allowed in policy.values() for source in allowed}
    own = {visitor.library.api_url, f"http://127.0.0.1:{visitor.library.ports.services}"}
    assert sources <= {"'none'", "'self'", "blob:", "data:"} | own
    html = response.text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html) == []
    visitor.open()
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
def allow_csp_errors(allowed_errors: list[str]) -> None:
    """Console errors about blocked inline scripts are expected."""
    allowed_errors.append("Executing inline script violates")


@on_a_phone
def test_reduced_motion_and_safe_area_are_respected(signed_in: Visitor) -> None:
    page = signed_in.page
    browser = devtools(page)
    browser.send("Emulation.setSafeAreaInsetsOverride", {"insets": {"bottom": SAFE_AREA}})
    signed_in.open("?tag=lake")
    checkbox(signed_in, "lake-1.jpg").focus()
    page.keyboard.press("Space")
    expect(bar(page)).to_be_visible()
    assert lowest_edge(page, ".selection button") <= 844 - SAFE_AREA
    assert animated_elements(page) == []
    bar(page).get_by_role("button", name="Make public").click()
    expect(toast(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar(page)).to_have_count(0)
    assert lowest_edge(page, ".toast") <= 844 - SAFE_AREA
    signed_in.tile("lake-1.jpg").click()
    expect(viewer(page).get_by_role("img").first).to_be_visible()
    assert lowest_edge(page, ".pswp__caption button") <= 844 - SAFE_AREA
    page.keyboard.press("i")
    expect(info(page).get_by_role("button", name="Move to trash")).to_be_attached()
    page.locator(".pswp__info").evaluate("panel => panel.scrollTo(0, panel.scrollHeight)")
    assert lowest_edge(page, ".pswp__info button") <= 844 - SAFE_AREA
    assert animated_elements(page) == []


def lowest_edge(page: Page, selector: str) -> float:
    """The lowest bottom edge of matching elements, px from the top of the window."""
    found: float = page.locator(selector).evaluate_all(
        "all => Math.max(...all.map(element => element.getBoundingClientRect().bottom))"
    )
    assert found > 0
    return found


def animated_elements(page: Page) -> list[str]:
    """Elements with an animation or a transition."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(element => ["", "::before", "::after"].some(part => {
            const { animationName, transitionDuration } = getComputedStyle(element, part);
            return animationName !== "none" || transitionDuration.split(", ").some(time => parseFloat(time) > 0);
        })).map(element => element.outerHTML.slice(0, 80))"""
    )
    return found
