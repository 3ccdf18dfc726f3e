"""Chromium as installed on this machine, for browser tests, screenshots and icons."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local.errors import UserError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from local.users import User

CANDIDATES = (
    "chromium-headless-shell",  # draws no tabs and buttons of its own: a sixth less of the processors' time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find(environ: Mapping[str, str] = os.environ) -> str:
    """The browser's path: CHROMIUM if set, else the first candidate found; raises UserError if there is none."""
    override = environ.get("CHROMIUM")
    for name in [override] if override else CANDIDATES:
        if path := shutil.which(name):
            return path
    raise UserError(
        f"CHROMIUM={override} is not an executable; set it to a Chromium browser, or unset it."
        if override
        else "Chromium is not installed: apt install chromium (macOS: brew install --cask chromium)."
    )


@contextmanager
def launch() -> "Iterator[Browser]":
    """A headless browser, closed at the end of the block; raises UserError if Chromium is not installed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def sign_in(page: "Page", page_url: str, user: "User") -> None:
    """Open the page and sign in; the page then has the user's photos."""
    page.goto(page_url)
    page.get_by_role("banner").get_by_role("button", name="Sign in", exact=True).click()
    page.locator("[name=username]").fill(user.email)
    page.locator("[name=password]").fill(user.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="My photos").wait_for()
