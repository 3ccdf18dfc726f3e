"""Chromium: the one that the machine has is driven by the browser tests, and by what takes pictures of the page."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local.errors import Problem

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find(environ: Mapping[str, str] = os.environ) -> str:
    """The browser's path: what CHROMIUM says, else the first one found; raises Problem that says what to install."""
    chosen = environ.get("CHROMIUM")
    for name in [chosen] if chosen else NAMES:
        if path := shutil.which(name):
            return path
    raise Problem(
        f"{chosen} cannot be run; CHROMIUM names the browser for the browser tests."
        if chosen
        else "The browser tests need Chromium: apt install chromium (macOS: brew install --cask chromium)."
    )


@contextmanager
def browser() -> "Iterator[Browser]":
    """A browser for as long as the block lasts; raises Problem where there is none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()
