"""`make screenshots`: the pictures of the page in the README, taken anew from a library of drawn photos.

Photos and dates are the same each time, so that two pictures differ only by what has changed on the page.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Page

from local import chromium
from local.data_dir import PROJECT
from local.demo.upload import come_out, put_in
from local.library import Library, running
from local.ports import Ports, free
from local.users import PEOPLE

IMAGES = PROJECT / "docs" / "images"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEED = 8


def take() -> None:
    """Write desktop.jpg and phone.jpg; raises Problem where library or browser cannot start."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, running(Path(home), Ports(*free(3))) as library:
        come_out(library, put_in(library.ports, Random(SEED), NOW))  # noqa: S311 (no secret)
        with chromium.browser() as browser:
            _desktop(browser, library)
            _phone(browser, library)
    print(f"{IMAGES.relative_to(PROJECT)}/desktop.jpg and phone.jpg are taken.")


def _desktop(browser: Browser, library: Library) -> None:
    """One's own photos, by day."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page = context.new_page()
    page.goto(library.page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("[name=username]").fill(PEOPLE["demo"].email)
    page.locator("[name=password]").fill(PEOPLE["demo"].password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="My photos").wait_for()
    _shoot(page, "desktop")
    context.close()


def _phone(browser: Browser, library: Library) -> None:
    """The photos of a tag, in the dark."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark",
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    )
    page = context.new_page()
    page.goto(f"{library.page}?tag=mountain")
    _shoot(page, "phone")
    context.close()


def _shoot(page: Page, name: str) -> None:
    """Take it once every image in sight has come."""
    page.locator(".tile img[data-loaded]").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.images].every(image => image.loading === 'lazy' || image.complete)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)  # until what fades in has faded in
    page.screenshot(path=IMAGES / f"{name}.jpg", type="jpeg", quality=84)
