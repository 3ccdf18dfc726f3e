"""The page keeps still during uploads: the API is mocked."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.browser.large_library import fulfill_many, fulfill_photos, make_photo
from tests.browser.photos import picture
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

COUNT = 18
HEADERS = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
GOOD_LAYOUT_SHIFT = 0.1
WATCH = """
    window.layoutShift = 0;
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.layoutShift += value;
    }).observe({ type: "layout-shift", buffered: true });
"""


class SimulatedUploads:
    """Accepts uploads to a simulated library. Photos are ready as soon as they are sent; the last one waits to be."""

    def __init__(self) -> None:
        self.tickets: list[str] = []
        self.sent = 0
        self.finished = False

    def create_ticket(self, route: Route) -> None:
        """Fulfill `POST /uploads`."""
        photo_id = f"new-{len(self.tickets)}"
        self.tickets.append(photo_id)
        upload = {"method": "POST", "url": route.request.url + "/file", "fields": {}}
        expires_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        ticket = {"photo_id": photo_id, "upload": upload, "expires_at": expires_at}
        route.fulfill(status=201, body=json.dumps(ticket), headers=HEADERS)

    def receive_file(self, route: Route) -> None:
        """Fulfill the upload of a file."""
        self.sent += 1
        route.fulfill(status=204, headers=HEADERS)

    def photo(self, photo_id: str) -> dict[str, Any]:
        """A photo that was taken after all others."""
        ready = self.finished or photo_id != f"new-{COUNT - 1}"
        number = int(photo_id.removeprefix("new-"))
        taken = f"2026-11-21T08:00:{number:02}+00:00"
        dates = {"created_at": taken, "taken_at": taken, "taken_local": taken[:19] + ".000"}
        state = "ready" if ready else "processing"
        return (
            make_photo(number, mine=True)
            | dates
            | {"photo_id": photo_id, "filename": f"{photo_id}.jpg", "state": state}
        )

    def list_photos(self, route: Route) -> None:
        """Fulfill `GET /photos`: the photos that were added last, or those of the library before."""
        if "order" in parse_qs(urlsplit(route.request.url).query):
            added = [self.photo(photo_id) for photo_id in self.tickets[: self.sent]]
            fulfill_photos(route, [photo for photo in added if photo["state"] == "ready"], None)
        else:
            fulfill_many(route, mine=True)


def test_grid_keeps_still_until_all_photos_are_added(signed_in: Visitor) -> None:
    page, uploads = signed_in.page, SimulatedUploads()
    page.emulate_media(reduced_motion="no-preference")
    page.route(re.compile(r"/uploads$"), uploads.create_ticket)
    page.route(re.compile(r"/uploads/file$"), uploads.receive_file)
    page.route(re.compile(r"/photos\?(?!state)"), uploads.list_photos)
    page.route(
        re.compile(r"/photos/new-\d+$"),
        lambda route: route.fulfill(body=json.dumps(uploads.photo(route.request.url.split("/")[-1])), headers=HEADERS),
    )
    try:
        with page.add_init_script(WATCH):
            signed_in.open()
        first = page.locator(".tile").first
        photo, place = first.get_attribute("data-photo"), first.bounding_box()
        signed_in.choose_files(*((f"{number}.jpg", "image/jpeg", picture((60, 40))) for number in range(COUNT)))
        signed_in.start_upload(COUNT)
        expect(signed_in.uploads).to_contain_text(f"{COUNT - 1} of {COUNT} · Processing…")
        assert (first.get_attribute("data-photo"), first.bounding_box()) == (photo, place)
        assert signed_in.uploads.locator(".upload").count() == 6
        uploads.finished = True
        signed_in.expect_added(COUNT)
        expect(signed_in.tile("new-0.jpg")).to_be_visible()
        assert page.evaluate("window.layoutShift") < GOOD_LAYOUT_SHIFT
        signed_in.button("View added photos").click()
        expect(page).to_have_url(re.compile(r"\?order=added$"))
        expect(signed_in.tile("new-17.jpg")).to_be_visible()
    finally:
        page.emulate_media(reduced_motion="reduce")


def test_reload_says_that_sent_photos_are_being_processed(signed_in: Visitor) -> None:
    page, uploads, ready = signed_in.page, SimulatedUploads(), False

    def list_photos(route: Route) -> None:
        fulfill_photos(route, [uploads.photo("new-0")] if ready else [], None)

    def get_photo(route: Route) -> None:
        photo = uploads.photo("new-0") | ({} if ready else {"state": "uploading"})
        route.fulfill(body=json.dumps(photo), headers=HEADERS)

    page.route(re.compile(r"/uploads$"), uploads.create_ticket)
    page.route(re.compile(r"/uploads/file$"), uploads.receive_file)
    page.route(re.compile(r"/photos\?"), list_photos)
    page.route(re.compile(r"/photos/new-0$"), get_photo)
    signed_in.open()
    signed_in.choose_files(("0.jpg", "image/jpeg", picture((60, 40))))
    signed_in.start_upload(1)
    expect(signed_in.uploads).to_contain_text("0 of 1 · Processing…")
    page.reload()
    expect(page.get_by_role("heading", name="Processing your photos…")).to_be_visible()
    ready = True
    expect(signed_in.tile("new-0.jpg")).to_be_visible(timeout=20_000)
    assert page.evaluate("sessionStorage.length") == 0
