"""Shared links: the owner's dialogs, and what guests see, download and add."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from local.library import Library
from tests.browser.conftest import api_request, delete_added_photos
from tests.browser.photos import picture
from tests.browser.shared_pages import listening
from tests.browser.test_accessibility import CORS, overflows, too_small
from tests.browser.test_selecting import bar, checkbox
from tests.browser.viewports import at_both_widths, on_a_desktop_and_proof_on_a_phone, on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

FIRST_VIEW_BUDGET = 40 * 1024  # bytes of code and style, gzipped

type ShareAlbum = Callable[..., Any]


def post(library: Library, path: str, body: Any) -> Any:
    """Send a POST of the demo user; returns its JSON."""
    headers = {"Authorization": f"Bearer {library.token()}", "Content-Type": "application/json"}
    request = Request(library.api_url + path, json.dumps(body).encode(), headers, method="POST")
    with urlopen(request, timeout=10) as response:
        return json.loads(response.read())


@pytest.fixture
def share_album(library: Library) -> ShareAlbum:
    """Share an album with three of the library's photos, on the terms of the arguments; returns the new share."""
    photos = api_request(library, "/photos?scope=mine&tag=lake", library.token())["items"]
    body = {"title": "Summer in the hills", "description": "Two weeks.", "photo_ids": [p["photo_id"] for p in photos]}

    def share(**terms: Any) -> Any:
        return post(library, f"/albums/{post(library, '/albums', body)['album_id']}/shares", terms)

    return share


@pytest.fixture
def adding_guest(visitor: Visitor) -> Iterator[Visitor]:
    """A guest whose photos are deleted at the end."""
    yield visitor
    delete_added_photos(visitor.library)


def open_link(guest: Visitor, share: Any) -> Page:
    """Open a shared link without an account."""
    guest.page.goto(f"{guest.library.page_url}shared/#{share['token']}")
    return guest.page


def count_album_photos(library: Library, album_id: str) -> int:
    """How many photos an album has."""
    album = api_request(library, f"/albums/{album_id}", library.token())
    return int(album["photos"])


def tiles(page: Page) -> Locator:
    """The photos of the album."""
    return page.locator(".guest-tile")


@on_a_desktop_and_proof_on_a_phone
def test_owner_shares_photos_and_revokes_the_link(signed_in: Visitor, allowed_errors: list[str]) -> None:
    page = signed_in.page
    signed_in.open("?tag=lake")
    checkbox(signed_in, "lake-1.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share photo")
    dialog.get_by_label("Title").fill("The best one")
    dialog.get_by_role("radio", name="Download originals").check()
    expect(dialog.get_by_text("Originals contain where and when")).to_be_visible()
    dialog.get_by_label("Password").fill("abc")
    dialog.get_by_role("button", name="Create link").click()
    expect(dialog.get_by_role("alert")).to_have_text("Use at least 4 characters.")
    expect(dialog.get_by_label("Password")).to_have_accessible_description("Use at least 4 characters.")
    expect(dialog.get_by_label("Password")).to_be_focused()
    found = dict(signed_in.axe_violations("form of a link"))
    assert too_small(dialog) == []
    dialog.get_by_label("Password").fill("")
    dialog.get_by_label("Name", exact=True).fill("For Grandma")
    dialog.get_by_role("button", name="Create link").click()
    expect(dialog.get_by_role("img", name="QR code of the link")).to_be_visible()
    url = dialog.locator(".copyable code").inner_text()
    found |= signed_in.axe_violations("new link")
    assert overflows(page) == 0
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("button", name="Copy link")).to_be_focused()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0)

    page.goto(url)
    expect(signed_in.heading("The best one")).to_be_visible()
    expect(tiles(page)).to_have_count(1)

    signed_in.open()
    page.get_by_role("button", name="Account: ").click()
    signed_in.button("Shared links").click()
    links = page.get_by_role("dialog", name="Shared links")
    links.get_by_role("button", name="Change For Grandma").click()
    links.get_by_role("radio", name="View").check()
    links.get_by_role("button", name="Save").click()
    row = links.get_by_role("listitem").filter(has_text="For Grandma")
    expect(row).to_contain_text("View only")
    found |= signed_in.axe_violations("shared links")
    assert found == {}
    row.get_by_role("button", name="Revoke For Grandma").click()
    expect(row.get_by_role("button", name="Cancel")).to_be_focused()
    row.get_by_role("button", name="Revoke link").click()
    expect(row).to_have_count(0)
    allowed_errors.append("404")
    page.goto(url.replace(f"{signed_in.library.api_url}/s/", f"{signed_in.library.page_url}shared/#"))
    expect(signed_in.heading("This link doesn't work")).to_be_visible()


def test_owner_lets_guests_add_photos_to_an_album(signed_in: Visitor, share_album: ShareAlbum) -> None:
    page = signed_in.page
    album_id = share_album(name="Family")["album_id"]
    signed_in.open(f"?album={album_id}")
    signed_in.button("Share").click()
    dialog = page.get_by_role("dialog", name="Share “Summer in the hills”")
    expect(dialog.get_by_role("heading", name="Family")).to_be_visible()
    dialog.get_by_role("button", name="New link").click()
    dialog.get_by_role("checkbox", name="Add photos").check()
    dialog.get_by_role("checkbox", name="Review first").check()
    dialog.get_by_role("button", name="Create link").click()
    expect(dialog.get_by_role("heading", name="Your link is ready")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog.get_by_text("Guests may add photos, which you review")).to_be_visible()


@at_both_widths
def test_guest_looks_at_an_album(visitor: Visitor, share_album: ShareAlbum) -> None:
    share = share_album(download="none")
    urls: list[str] = []
    with listening(visitor.page, "request", lambda request: urls.append(request.url)):
        page = open_link(visitor, share)
        expect(visitor.heading("Summer in the hills")).to_be_visible()
    sent_to_page = [url for url in urls if urlsplit(url).port == visitor.library.ports.page]
    assert not any(share["token"] in url.partition("#")[0] for url in sent_to_page)
    code = {url for url in sent_to_page if url.endswith((".js", ".css"))}
    assert len(code) >= 3
    assert sum(len(gzip.compress(page.request.get(url).body())) for url in code) < FIRST_VIEW_BUDGET
    expect(page.get_by_text("3 photos")).to_be_visible()
    expect(page.get_by_text("Two weeks.")).to_be_visible()
    expect(tiles(page)).to_have_count(3)
    expect(visitor.button("Download all")).to_have_count(0)
    found = dict(visitor.axe_violations("album of a guest"))
    assert too_small(page) == []
    assert overflows(page) == 0

    tiles(page).first.focus()
    page.keyboard.press("ArrowRight")
    expect(tiles(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name="Photo viewer")
    expect(viewer.get_by_text("2 of 3")).to_be_visible()
    found |= visitor.axe_violations("viewer of a guest")
    assert found == {}
    second = page.url
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_text("3 of 3")).to_be_visible()
    page.go_back()
    expect(viewer).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"#{re.escape(share['token'])}$"))
    page.goto("about:blank")
    page.goto(second)
    expect(viewer.get_by_text("2 of 3")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(rf"#{re.escape(share['token'])}$"))


def test_slideshow_plays_and_pauses(visitor: Visitor, share_album: ShareAlbum) -> None:
    share = share_album()
    page = visitor.page
    page.clock.install()
    open_link(visitor, share)
    visitor.button("Slideshow").click()
    viewer = page.get_by_role("dialog", name="Photo viewer")
    expect(viewer.get_by_text("1 of 3")).to_be_visible()
    expect(viewer.locator("img.pswp__img").first).to_be_visible()
    page.clock.run_for(5600)
    expect(viewer.get_by_text("2 of 3")).to_be_visible()
    viewer.get_by_role("button", name="Pause slideshow").click()
    page.clock.run_for(20_000)
    expect(viewer.get_by_text("2 of 3")).to_be_visible()


@on_a_phone
def test_guest_enters_the_password(visitor: Visitor, share_album: ShareAlbum, allowed_errors: list[str]) -> None:
    allowed_errors += ["401", "429"]
    share = share_album(password="hill-2026")
    page = open_link(visitor, share)
    password = page.get_by_label("Password")
    expect(password).to_be_focused()
    found = visitor.axe_violations("password")
    password.fill("guess")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("That's not the right password.")
    password.fill("hill-2026")
    page.keyboard.press("Enter")
    expect(tiles(page)).to_have_count(3)
    page.reload()
    expect(tiles(page)).to_have_count(3)
    assert found == {}
    assert page.evaluate("Object.keys(localStorage)") == []
    assert share["token"] not in page.evaluate("JSON.stringify(sessionStorage)")

    refusal = {"error": "Too many wrong passwords were entered.", "code": "too_many_attempts"}
    headers = {**CORS, "Retry-After": "835", "Access-Control-Expose-Headers": "Retry-After"}
    page.route("**/pass", lambda route: route.fulfill(status=429, headers=headers, json=refusal))
    page.evaluate("sessionStorage.clear()")
    page.reload()
    password.fill("guess")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Too many wrong passwords. Try again in 14 minutes.")
    expect(visitor.button("Open")).to_be_disabled()


@on_a_phone
def test_guest_adds_photos_that_the_owner_approves(
    adding_guest: Visitor, share_album: ShareAlbum, stored_session: str
) -> None:
    visitor, hill = adding_guest, picture()
    share = share_album(add=True, review=True, max_photos=1)
    page = open_link(visitor, share)
    visitor.button("Add photos").click()
    dialog = page.get_by_role("dialog", name="Add photos")
    dialog.get_by_role("button", name="Choose photos").click()
    expect(dialog.get_by_role("alert")).to_have_text("Enter your name.")
    found = dict(visitor.axe_violations("name of a guest"))
    dialog.get_by_label("Your name").fill("Anna")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose photos").click()
    chooser.value.set_files(
        [
            FilePayload(name="hill.jpg", mimeType="image/jpeg", buffer=hill),
            FilePayload(name="my hill.jpg", mimeType="image/jpeg", buffer=hill),
            FilePayload(name="clip.mov", mimeType="video/quicktime", buffer=b"a film"),
            FilePayload(name="notes.pdf", mimeType="application/pdf", buffer=b"%PDF"),
        ]
    )
    row = dialog.get_by_role("listitem")
    expect(row.filter(has_text="notes.pdf")).to_contain_text("This isn't a photo.")
    expect(row.filter(has_text="clip.mov")).to_contain_text("This is a video")
    expect(row.filter(has_text="Waiting for approval")).to_have_count(1)
    expect(row.filter(has_text="You already added this photo")).to_have_count(1)
    found |= visitor.axe_violations("uploads of a guest")
    assert found == {}
    assert too_small(dialog) == []
    assert overflows(page) == 0
    dialog.get_by_role("button", name="Done").click()
    expect(tiles(page)).to_have_count(3)
    waiting = api_request(visitor.library, f"/albums/{share['album_id']}/photos?review=true", visitor.library.token())[
        "items"
    ]
    assert [photo["guest"] for photo in waiting] == ["Anna"]

    visitor.continue_session(stored_session)
    visitor.open(f"?album={share['album_id']}&review=true&scope=mine")
    visitor.tile("hill.jpg").click()
    viewer = page.get_by_role("dialog", name="Photo viewer")
    expect(viewer.locator(".pswp__caption")).to_contain_text("Added by Anna")
    assert too_small(viewer) == []
    viewer.get_by_role("button", name="Approve").click()
    expect(viewer).to_have_count(0)
    expect(page.get_by_role("status", name="Last action")).to_contain_text("1 photo is now in the album.")
    assert count_album_photos(visitor.library, share["album_id"]) == 4


def test_link_that_takes_no_more_photos_says_so(
    adding_guest: Visitor, share_album: ShareAlbum, allowed_errors: list[str]
) -> None:
    visitor = adding_guest
    allowed_errors.append("409")
    page = open_link(visitor, share_album(add=True, max_photos=1))
    expect(tiles(page)).to_have_count(3)
    files = [(f"hill-{number}.jpg", "image/jpeg", picture()) for number in (1, 2)]
    visitor.drop_files(*files)
    dialog = page.get_by_role("dialog", name="Add photos")
    dialog.get_by_label("Your name").fill("Anna")
    dialog.get_by_role("button", name="Add 2 photos").click()
    expect(dialog.get_by_role("listitem").filter(has_text="takes no more photos")).to_have_count(1)
    expect(dialog.get_by_role("listitem").filter(has_text="Added")).to_have_count(1)
    dialog.get_by_role("button", name="Done").click()
    expect(tiles(page)).to_have_count(4)


def test_guest_downloads_an_original_and_all_photos(
    visitor: Visitor, share_album: ShareAlbum, allowed_errors: list[str]
) -> None:
    allowed_errors.append("401")
    page = open_link(visitor, share_album(download="original", password="hill-2026"))
    page.get_by_label("Password").fill("hill-2026")
    page.keyboard.press("Enter")
    tiles(page).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download original").click()
    assert download.value.suggested_filename.startswith("lake-")
    page.keyboard.press("Escape")
    visitor.button("Download all").click()
    dialog = page.get_by_role("dialog", name="Download all photos")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download zip").click()
    assert download.value.suggested_filename.endswith(".zip")
