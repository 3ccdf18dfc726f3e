"""Keyboard shortcuts of the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.viewports import at_both_widths
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@at_both_widths
def test_question_mark_opens_shortcuts_and_slash_focuses_search(visitor: Visitor) -> None:
    visitor.open()
    visitor.page.keyboard.press("?")
    dialog = visitor.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Select photo")
    assert visitor.axe_violations("shortcuts") == {}
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    visitor.page.keyboard.press("/")
    expect(visitor.search_field).to_be_focused()
    visitor.page.keyboard.type("?/")
    expect(visitor.search_field).to_have_value("?/")
    expect(dialog).to_have_count(0)


def test_single_key_shortcuts_can_be_turned_off_and_on(visitor: Visitor) -> None:
    visitor.open()
    page, dialog = visitor.page, visitor.page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.press("?")
    dialog.get_by_role("checkbox", name="Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(visitor.search_field).not_to_be_focused()
    visitor.tile("lake-1.jpg").click()
    expect(page.get_by_role("dialog", name="Photo viewer")).to_be_visible()
    page.keyboard.press("i")
    expect(page.get_by_role("button", name="Info")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    visitor.button("Keyboard shortcuts").focus()
    page.keyboard.press("Enter")
    dialog.get_by_role("checkbox", name="Single-key shortcuts").check()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(visitor.search_field).to_be_focused()
