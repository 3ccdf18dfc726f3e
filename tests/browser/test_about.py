"""The statistics of the library: own and public."""

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.viewports import on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MONTHS = {"2025-11": 3, "2026-01": 40, "2026-02": 12, "2026-09": 7, "2026-10": 25}


# Elements that scroll, and by how much.
SCROLLERS = """dialog => [dialog, ...dialog.querySelectorAll("*")]
    .filter(element => /auto|scroll/.test(getComputedStyle(element).overflowY))
    .map(element => [element.className, element.scrollHeight - element.clientHeight])"""


@on_a_phone_and_proof_on_a_desktop
def test_about_dialog_shows_statistics_of_both_scopes(owner: Visitor, screen: ViewportSize) -> None:
    page = owner.page
    page.route(
        re.compile(r"/stats\?scope=mine"),
        lambda route: route.fulfill(
            json={"photos": 87, "bytes": 312_000_000, "tags": 14, "months": MONTHS, "as_of": "2026-11-20T12:00:00Z"},
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    page.get_by_role("button", name="Account: ").click()
    owner.button("About this library").click()
    dialog = page.get_by_role("dialog", name="About this library")
    expect(dialog).to_contain_text("312 MB")
    expect(dialog.get_by_role("row", name=re.compile("Jan.* 40$"))).to_be_attached()
    assert dialog.locator("rect").count() == 12
    assert owner.axe_violations("about") == {}
    assert dialog.evaluate(SCROLLERS) == [["dialog-content", 0]]
    page.set_viewport_size({**screen, "height": 300})
    [(scroller, distance)] = dialog.evaluate(SCROLLERS)
    assert scroller == "dialog-content", "the rounded border clips the scrollbar only of an element inside it"
    assert 0 < distance < 400
    expect(dialog).to_have_css("overflow", "clip")
    page.set_viewport_size(screen)
    dialog.get_by_role("button", name="Public").click()
    expect(dialog).not_to_contain_text("312 MB")
    expect(dialog.get_by_text("Originals")).to_be_visible()
    page.go_back()
    expect(dialog).to_have_count(0)
