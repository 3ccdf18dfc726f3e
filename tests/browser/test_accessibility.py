"""Every view, in both viewports, light and dark: no axe violations, no small targets, no overflow."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.photos import picture
from tests.browser.shared_pages import listening
from tests.browser.viewports import at_both_widths
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# px: the minimum size of a touch target.
TARGET = 44
# Maximum weights, bytes gzipped: of what the document loads by itself, and of that with a session and an upload.
FIRST_LOAD_BUDGET = 60 * 1024
UPLOAD_BUDGET = 86 * 1024
CORS = {"Access-Control-Allow-Origin": "*"}


@at_both_widths
def test_views_have_no_axe_violations(visitor: Visitor, stored_session: str) -> None:
    page = visitor.page
    violations: dict[str, list[str]] = {}

    visitor.open()
    expect(visitor.tag("Lake")).to_be_visible()
    violations |= visitor.axe_violations("public")
    visitor.button("Add photos").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    violations |= visitor.axe_violations("sign in first")
    page.keyboard.press("Escape")
    visitor.tag("Lake").click()
    expect(visitor.heading("Lake")).to_be_visible()
    visitor.tile("lake-1.jpg").click()
    expect(page.get_by_role("dialog", name="Photo viewer").locator("img").first).to_be_visible()
    violations |= visitor.axe_violations("viewer")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Photo viewer")).to_have_count(0)
    visitor.button("Refine").click()
    expect(page.get_by_role("group", name="Years")).to_be_visible()
    violations |= visitor.axe_violations("a tag, and facets")
    page.get_by_role("button", name="Edit Lake").click()
    expect(page.get_by_role("dialog").get_by_label("Tags", exact=True)).to_be_focused()
    violations |= visitor.axe_violations("filters")
    assert too_small(page.locator("dialog.filter-dialog")) == []
    page.keyboard.press("Escape")
    visitor.search_for("zebra")
    expect(page.get_by_role("heading", name="Nothing matches “zebra”")).to_be_visible()
    violations |= visitor.axe_violations("a word that nothing matches")
    visitor.open("?from=2000-01-01")
    visitor.search_field.press_sequentially("mo")
    expect(page.get_by_role("option", name="Mountain")).to_be_visible()
    page.keyboard.press("ArrowDown")
    violations |= visitor.axe_violations("suggestions")

    visitor.continue_session(stored_session)
    visitor.open()
    expect(visitor.tile("secret.jpg")).to_be_visible()
    violations |= visitor.axe_violations("mine")
    page.get_by_role("button", name="Account: ").click()
    expect(visitor.button("Sign out")).to_be_visible()
    violations |= visitor.axe_violations("account")
    page.keyboard.press("Escape")
    visitor.choose_files(("calm.jpg", "image/jpeg", picture()), ("wrong.jpg", "image/jpeg", b"no picture"))
    expect(page.get_by_role("dialog")).to_be_visible()
    violations |= visitor.axe_violations("upload dialog")
    visitor.start_upload(2)
    expect(visitor.upload("calm.jpg")).to_contain_text("In your library")
    expect(visitor.upload("wrong.jpg")).to_have_attribute("data-stage", "rejected")
    violations |= visitor.axe_violations("uploads")
    visitor.button("Close uploads").click()
    page.get_by_role("button", name=re.compile("need.? attention")).click()
    expect(page.get_by_role("heading", name="wrong.jpg").first).to_be_visible()
    violations |= visitor.axe_violations("needs attention")
    assert too_small(page) == []
    visitor.button("All photos").click()
    visitor.tile("calm.jpg").first.click()
    expect(page.get_by_role("dialog", name="Photo viewer")).to_be_visible()
    page.keyboard.press("i")
    expect(page.get_by_role("link", name="Download original")).to_be_attached()
    violations |= visitor.axe_violations("info")
    assert too_small(page.locator(".pswp")) == []
    assert violations == {}


@at_both_widths
def test_empty_and_failed_views_have_no_axe_violations(signed_in: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors += ["status of 500", "status of 400", "ERR_FAILED"]
    page = signed_in.page
    violations: dict[str, list[str]] = {}

    def check(view: str) -> None:
        violations.update(signed_in.axe_violations(view))
        assert too_small(page) == []
        assert overflows(page) == 0

    page.route(re.compile(r"/photos\?"), lambda route: route.fulfill(json={"items": [], "cursor": None}, headers=CORS))
    page.route("**/gallery/trending?*", lambda route: route.fulfill(json={"items": []}, headers=CORS))
    page.route("**/labels", lambda route: route.fulfill(json={"labels": {}}, headers=CORS))
    page.route("**/bundles", lambda route: route.fulfill(json={"items": []}, headers=CORS))
    nothing = {"photos": 0, "bytes": 0, "tags": 0, "months": {}, "as_of": None}
    page.route("**/stats?*", lambda route: route.fulfill(json=nothing, headers=CORS))
    signed_in.open()
    expect(page.get_by_role("heading", name="No photos yet")).to_be_visible()
    check("an empty library")
    page.get_by_role("button", name="Account: ").click()
    page.locator("#account").get_by_role("button", name="Download photos").click()
    expect(page.get_by_role("dialog")).to_contain_text("No photos to download yet")
    check("nothing to download")
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("#"))  # going back in history would abort the next navigation
    signed_in.open("?state=trashed")
    expect(page.get_by_role("heading", name="Trash is empty")).to_be_visible()
    check("an empty trash")
    signed_in.open("?state=rejected")
    expect(page.get_by_role("heading", name="Nothing needs attention")).to_be_visible()
    signed_in.open("?from=2001-01-01")
    expect(page.get_by_role("heading", name="No photos from these dates")).to_be_visible()
    check("no photos from these dates")
    page.unroute_all()
    signed_in.open(f"?tag={'x' * 65}")
    expect(page.get_by_role("alert").get_by_role("button", name="All photos")).to_be_visible()
    page.route(re.compile(r"/photos\?"), limit_first_page)
    signed_in.open()
    expect(page.get_by_role("alert")).to_contain_text("Couldn't load more photos.")
    check("half of the photos")
    page.route(re.compile(r"/photos\?"), lambda route: route.fulfill(status=500, json={}, headers=CORS))
    page.evaluate("localStorage.clear()")
    signed_in.open("?scope=public")
    expect(page.get_by_role("alert")).to_contain_text("Something went wrong. Try again in a moment.")
    expect(signed_in.button("Sign in")).to_be_visible()
    check("a library that fails")
    assert violations == {}


def limit_first_page(route: Route) -> None:
    """Fulfill the first page with two photos, and fail the next one."""
    if "cursor=" in route.request.url:
        route.abort()
    else:
        route.continue_(url=route.request.url.replace("limit=50", "limit=2"))


@at_both_widths
def test_touch_targets_are_large_enough_and_nothing_overflows(owner: Visitor) -> None:
    expect(owner.tag("Lake")).to_be_visible()
    assert too_small(owner.page) == []
    assert overflows(owner.page) == 0
    owner.choose_files(("target.jpg", "image/jpeg", picture()))
    expect(owner.page.get_by_role("dialog")).to_be_visible()
    assert too_small(owner.page) == []
    owner.start_upload(1)
    owner.expect_added(1)
    assert too_small(owner.page) == []
    owner.button("Expand uploads").click()
    expect(owner.upload("target.jpg")).to_contain_text("In your library")
    assert too_small(owner.page) == []
    assert overflows(owner.page) == 0


def test_page_weight_stays_within_budget(signed_in: Visitor) -> None:
    loaded: set[str] = set()
    with listening(signed_in.page, "response", lambda response: loaded.add(response.url)):
        signed_in.open()
        signed_in.choose_files(("light.jpg", "image/jpeg", picture()))
        signed_in.start_upload(1)
        signed_in.expect_added(1)
    own = {url for url in loaded if url.startswith(signed_in.library.page_url)}
    assert any("/index-" in url for url in own)
    assert any("/uploads-" in url for url in own)
    assert not any("/photo-viewer-" in url for url in own)
    weights = {url: len(gzip.compress(signed_in.page.request.get(url).body())) for url in own}
    document = signed_in.page.request.get(signed_in.library.page_url).text()
    first = {url: weight for url, weight in weights.items() if urlsplit(url).path.lstrip("/") in document}
    assert any("/index-" in url for url in first)
    assert sum(first.values()) < FIRST_LOAD_BUDGET, first
    assert sum(weights.values()) < UPLOAD_BUDGET, weights


def too_small(part: Page | Locator) -> list[str]:
    """Visible buttons, links and fields that are smaller than a touch target, their `::after` margin included."""
    root = part.locator("body") if isinstance(part, Page) else part
    measured: list[str] = root.evaluate(
        """(root, target) => [...root.querySelectorAll('button, a[href], input:not([type=file]):not([type=radio])')]
            .filter(element => element.checkVisibility({ visibilityProperty: true }) && !element.matches('.skip-link'))
            .map(element => {
                const { width, height } = element.getBoundingClientRect();
                const more = getComputedStyle(element, '::after');
                const room = more.content === 'none' ? 0 : -2 * (parseFloat(more.top) || 0);
                return { element, width, height: height + room };
            })
            .filter(({ width, height }) => width < target || height < target)
            .map(({ element, width, height }) => `${element.outerHTML.slice(0, 80)}: ${width} x ${height}`)""",
        TARGET,
    )
    return measured


def overflows(page: Page) -> int:
    """How much the page is wider than the window, px."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
