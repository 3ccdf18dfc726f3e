"""What a test leaves in a shared page does not reach the next one."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.devtools import set_offline
from tests.browser.shared_pages import SharedPages
from tests.browser.viewports import DESKTOP
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

OWN_FILES = {Path(__file__).name, "shared_pages.py"}


def test_reset_removes_what_a_test_left(visitor: Visitor, shared_pages: SharedPages, allowed_errors: list[str]) -> None:
    allowed_errors += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    page, context = visitor.page, visitor.page.context
    visitor.open()
    page.route("**/photos?*", lambda route: route.abort())
    page.evaluate("() => { sessionStorage.left = localStorage.left = window.name = document.cookie = 'left=1'; }")
    page.set_viewport_size({"width": 400, "height": 300})
    page.emulate_media(color_scheme="dark")
    visitor.tile("lake-1.jpg").hover()
    set_offline(page)
    shared_pages.reset(page)
    assert shared_pages.get(phone=False) is page
    assert page.evaluate("[sessionStorage.length, localStorage.length, window.name, history.length]") == [0, 0, "", 1]
    assert page.evaluate("[innerWidth, navigator.onLine, matchMedia('(prefers-color-scheme: dark)').matches]") == [
        DESKTOP["width"],
        True,
        False,
    ]
    assert context.cookies() == []
    visitor.open()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    assert page.locator(".tile:hover").count() == 0


def test_tests_remove_their_scripts_and_listeners() -> None:
    sources = {path.name: path.read_text() for path in Path(__file__).parent.glob("*.py")}
    added = [
        f"{name}: {line}"
        for name in sources.keys() - OWN_FILES
        for line in re.findall(r".*(?:\.add_init_script|page\.on|context\.on)\(.*", sources[name])
    ]
    assert [line for line in added if not re.search(r": +with ", line)] == []
