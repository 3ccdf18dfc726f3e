"""Updating labels: the request, its progress and its result."""

import re
from typing import Any

import pytest
from playwright.sync_api import Route, ViewportSize, expect

from tests.browser.test_accessibility import CORS, overflows, too_small
from tests.browser.viewports import on_a_desktop_and_proof_on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

NONE = {"state": "none", "tags": [], "photos": 0, "labeled": 0, "started_at": None, "finished_at": None}
RUNNING = NONE | {"state": "running", "photos": 2000, "labeled": 1240, "started_at": "2026-11-20T12:00:00.000Z"}
STARTED = RUNNING | {"labeled": 0}
FINISHED = RUNNING | {"state": "finished", "labeled": 1999, "tags": ["lake"], "finished_at": "2026-11-20T12:30:00.000Z"}


@on_a_desktop_and_proof_on_a_phone
def test_labels_of_a_tag_are_updated(owner: Visitor, screen: ViewportSize) -> None:
    page = owner.page
    requests: list[Any] = []
    progress = NONE

    def respond(route: Route) -> None:
        nonlocal progress
        if route.request.method == "POST":
            requests.append(route.request.post_data_json)
            progress = STARTED
            route.fulfill(status=202, json=progress, headers=CORS)
        elif route.request.method == "GET":
            route.fulfill(json=progress, headers=CORS)
        else:
            route.continue_()

    page.route("**/labels/refresh", respond)
    owner.open("?tag=lake")
    page.get_by_role("button", name="Account: ").click()
    owner.button("Update labels").click()
    expect(page).to_have_url(re.compile("#labels$"))
    dialog = page.get_by_role("dialog", name="Update labels")
    dialog.get_by_role("radio", name="Only photos tagged “Lake”").check()
    violations = dict(owner.axe_violations("the form"))
    dialog.get_by_role("button", name="Update labels").click()
    expect(dialog.get_by_role("status")).to_have_text("Starts within a few minutes.")
    progress = RUNNING
    expect(dialog.get_by_role("status")).to_have_text("1,240 of 2,000 photos")
    expect(dialog.get_by_role("progressbar", name="Updating labels")).to_be_visible()
    violations |= owner.axe_violations("the progress")
    progress = FINISHED
    expect(dialog.get_by_role("status")).to_contain_text("1 photo couldn't be labeled")
    expect(dialog.get_by_role("status")).to_contain_text("1,999 of 2,000 photos tagged “Lake” have current labels.")
    violations |= owner.axe_violations("the result")
    assert (requests, violations, too_small(page), overflows(page)) == ([{"tags": ["lake"]}], {}, [], 0)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Account: ")).to_be_focused()
