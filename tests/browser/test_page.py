"""The page as a web app: manifest, content security policy, reduced motion, safe area."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.devtools import devtools
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import bar, checkbox, toast
from tests.browser.test_viewer import info, viewer
from tests.browser.viewports import DESKTOP, on_a_desktop_and_proof_on_a_phone, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# The colors that apply to the browser's own bars.
BAR_COLORS = """[...document.querySelectorAll("meta[name=theme-color]")].filter(meta => matchMedia(meta.media).matches)
    .map(meta => meta.content)"""
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


@on_a_desktop_and_proof_on_a_phone
def test_theme_is_chosen_and_stays(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    page.get_by_role("button", name="Settings").click()
    for theme, background in (("Dark", "rgb(17, 18, 20)"), ("Light", "rgb(251, 251, 250)")):
        page.get_by_role("group", name="Appearance").get_by_role("button", name=theme).click()
        expect(page.get_by_role("button", name=theme)).to_have_attribute("aria-pressed", "true")
        assert too_small(page.locator("#account .segments")) == []
        assert overflows(page) == 0
        assert visitor.axe_violations(f"{theme}, chosen") == {}  # in both of the system's themes
        page.reload()
        page.get_by_role("button", name="Settings").click()
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == background
        assert page.evaluate(BAR_COLORS) == ["#111214" if theme == "Dark" else "#fbfbfa"]
    page.get_by_role("button", name="System").click()
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(17, 18, 20)"
    assert page.evaluate("localStorage.length") == 0


def test_skip_link_leads_to_the_first_photo(visitor: Visitor) -> None:
    visitor.open("?tag=lake")
    first = visitor.page.locator(".tile").first
    visitor.page.get_by_role("link", name="Skip to photos").focus()
    visitor.page.keyboard.press("Enter")
    expect(first).to_be_focused()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake$"))


def test_print_has_photos_and_no_controls(owner: Visitor) -> None:
    page = owner.page
    expect(owner.tag("Lake")).to_be_visible()
    expect(page.locator("link[rel=stylesheet][href*='/print-']")).to_be_attached()
    page.set_viewport_size({"width": 320, "height": 60})
    expect(owner.tile("lake-1.jpg")).to_have_count(0)  # far from the window
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert owner.tile("lake-1.jpg").count() == 1
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(owner.tile("lake-1.jpg")).to_have_count(0)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(media="print")
    expect(owner.tile("lake-1.jpg")).to_be_visible()
    expect(owner.heading("My photos")).to_be_visible()
    assert page.locator(":is(button, input, nav, header):visible").all() == []
    rows = page.locator(".grid li").evaluate_all("all => all.map(item => getComputedStyle(item).position)")
    assert set(rows) == {"static"}
    page.emulate_media(media="screen")
    owner.tile("lake-1.jpg").click()
    expect(viewer(page).get_by_role("img").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".pswp__img:visible")).to_have_count(1)
    expect(owner.heading("My photos")).to_be_hidden()
    assert page.locator("button:visible").all() == []


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
