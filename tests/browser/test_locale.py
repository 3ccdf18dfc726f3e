"""A browser in a language that the page does not have: text, numbers and dates are all English."""

import re

import pytest
from playwright.sync_api import Browser, expect

from local.library import Library
from tests.browser.conftest import fail_on_console_errors
from tests.browser.large_library import open_large_library
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

TRENDS = {"items": [{"tag_name": "Lake", "count": 12_345, "cover_image": None}]}


@pytest.mark.parametrize(
    ("locale", "day"), [("de-DE", "Friday, November 20, 2026"), ("en-GB", "Friday, 20 November 2026")]
)
def test_words_numbers_and_dates_are_in_one_language(
    browser: Browser, library: Library, allowed_errors: list[str], locale: str, day: str
) -> None:
    context = browser.new_context(locale=locale, reduced_motion="reduce")
    with fail_on_console_errors(context.new_page(), allowed_errors) as page:
        page.route(
            re.compile(r"/gallery/trending\?"),
            lambda route: route.fulfill(json=TRENDS, headers={"Access-Control-Allow-Origin": "*"}),
        )
        open_large_library(Visitor(page, library))
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("region", name=day)).to_be_visible()
        tag = page.get_by_role("button", name="Lake, 12,345 photos")
        expect(tag).to_contain_text("12,345")
        page.goto(f"{library.page_url}?from=2001-01-03&to=2001-01-31")
        expect(page.get_by_role("group", name="Filters")).to_contain_text(re.compile("Jan"))
    context.close()
