"""`make screenshots`: the pictures of the page in the README, taken anew from a library of drawn photos.

Photos and dates are the same each time, so that two pictures differ only by what has changed on the page.
"""

import json
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Page, sync_playwright

from local import chromium
from local.demo import put_in
from local.home import PROJECT
from local.library import Library, running
from local.people import PEOPLE
from local.ports import Ports, free
from local.problems import Problem

IMAGES = PROJECT / "docs" / "images"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEED = 8
READY_SECONDS = 120


def take() -> None:
    """Write desktop.jpg and phone.jpg; raises Problem where library or browser cannot start."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, running(Path(home), Ports(*free(3))) as library:
        total = put_in(library.ports, Random(SEED), NOW)  # noqa: S311 (no secret)
        _wait(library, total)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
            )
            _desktop(browser, library)
            _phone(browser, library)
            browser.close()
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


def _wait(library: Library, total: int) -> None:
    """Until the library has made photos of them all."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{library.api}/stats?scope=public", timeout=10) as answer:  # noqa: S310 (127.0.0.1)
            ready = json.load(answer)["photos"]
        if sys.stdout.isatty():
            print(f"\r{ready} of {total} photos are ready\033[K", end="", flush=True)
        if ready == total:
            print(end="\r\033[K" if sys.stdout.isatty() else "")
            return
        time.sleep(0.5)
    raise Problem(f"Not all photos were ready within {READY_SECONDS} s; is the machine busy? Try again.")
