"""Where Chromium is: the browser tests drive the one that the machine has."""

import os
import shutil
from collections.abc import Mapping

from local.problems import Problem

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
