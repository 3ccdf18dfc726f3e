"""`make screenshots`: the README's screenshots of the page, taken from a library of demo photos.

Photos and dates are the same each time, so two screenshots differ only by changes of the page.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Page

from local import chromium
from local.data_dir import PROJECT
from local.demo.upload import upload_demo_photos, wait_until_public
from local.library import Library, run_library
from local.ports import Ports, free_ports
from local.users import USERS

IMAGES = PROJECT / "docs" / "images"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEED = 8


def take_screenshots() -> None:
    """Write desktop.jpg and phone.jpg; raises UserError if the library or the browser cannot start."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, run_library(Path(data), Ports(*free_ports(3))) as library:
        wait_until_public(library, upload_demo_photos(Path(data), library.ports, Random(SEED), NOW))  # noqa: S311 (no secret)
        with chromium.launch() as browser:
            _desktop(browser, library)
            _phone(browser, library)
    print(f"Wrote desktop.jpg and phone.jpg to {IMAGES.relative_to(PROJECT)}.")


def _desktop(browser: Browser, library: Library) -> None:
    """The user's own photos, light."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page = context.new_page()
    chromium.sign_in(page, library.page_url, USERS["demo"])
    _take(page, "desktop")
    context.close()


def _phone(browser: Browser, library: Library) -> None:
    """The public photos of a tag, dark."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark",
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    )
    page = context.new_page()
    page.goto(f"{library.page_url}?tag=mountain")
    _take(page, "phone")
    context.close()


def _take(page: Page, name: str) -> None:
    """Take the screenshot after every visible image has loaded."""
    page.locator(".tile img[data-loaded]").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.images].every(image => image.loading === 'lazy' || image.complete)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)  # until the fade-in has ended
    page.screenshot(path=IMAGES / f"{name}.jpg", type="jpeg", quality=84)
