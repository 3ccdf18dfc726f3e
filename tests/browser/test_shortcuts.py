"""The keys that do something everywhere on the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.viewports import at_both_widths
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@at_both_widths
def test_a_question_mark_tells_the_keys_and_a_slash_searches(visitor: Visitor) -> None:
    visitor.opens()
    visitor.page.keyboard.press("?")
    dialog = visitor.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Select photo")
    assert visitor.complaints("shortcuts") == {}
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    visitor.page.keyboard.press("/")
    expect(visitor.search).to_be_focused()
    visitor.page.keyboard.type("?/")
    expect(visitor.search).to_have_value("?/")
    expect(dialog).to_have_count(0)


def test_single_keys_can_be_turned_off_and_on_again(visitor: Visitor) -> None:
    visitor.opens()
    page, dialog = visitor.page, visitor.page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.press("?")
    dialog.get_by_role("checkbox", name="Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(visitor.search).not_to_be_focused()
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
    expect(visitor.search).to_be_focused()
