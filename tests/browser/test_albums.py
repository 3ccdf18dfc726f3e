"""Albums: creating, filling, editing, arranging and deleting them; smart albums; uploads into an album."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from local.library import Library
from local.users import USERS
from tests.browser.conftest import api_request
from tests.browser.photos import WIDE, picture
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.test_selecting import bar, checkbox, expect_names, names, toast
from tests.browser.viewports import on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SECOND = USERS["second"].email
LAKE = ["lake-1.jpg", "lake-2.jpg", "lake-3.jpg"]


@pytest.fixture
def owner(signed_in: Visitor, library: Library) -> Iterator[Visitor]:
    """The demo user, signed in; their albums are deleted at the end."""
    yield signed_in
    token = library.token()
    for album in api_request(library, "/albums", token)["items"]:
        api_request(library, f"/albums/{album['album_id']}", token, "DELETE")


def create_album(owner: Visitor, title: str) -> None:
    """Create an album with the button of the albums' page, and view it."""
    owner.page.get_by_role("link", name="Albums", exact=True).click()
    owner.button("New album").first.click()
    owner.page.get_by_role("textbox", name="Title").fill(title)
    owner.button("Create album").click()
    expect(owner.heading(title)).to_be_visible()


def add_selected(owner: Visitor, title: str) -> None:
    """Add the selected photos to an album, which is found by typing its title."""
    owner.button("Add to album…").click()
    dialog = owner.page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill(title[:3])
    dialog.get_by_role("button", name=re.compile(f"^{title}")).click()
    expect(dialog).to_have_count(0)


def menu(page: Page, item: str) -> None:
    """Choose from the menu of the album."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=item, exact=True).click()


def arranged(page: Page, filename: str) -> Locator:
    """A photo in the dialog that arranges photos."""
    return page.get_by_role("dialog").get_by_role("button", name=re.compile(re.escape(filename)))


@on_a_phone_and_proof_on_a_desktop
def test_album_from_creation_to_deletion(owner: Visitor) -> None:
    page = owner.page
    owner.open()
    create_album(owner, "Lisbon")
    expect(page.get_by_role("heading", name="No photos in this album yet")).to_be_visible()
    owner.open("?tag=lake")
    for name in LAKE:
        checkbox(owner, name).focus()
        page.keyboard.press("Space")
    add_selected(owner, "Lisbon")
    expect(toast(page)).to_contain_text("3 photos added to “Lisbon”.")

    page.get_by_role("link", name="Albums", exact=True).click()
    card = page.get_by_role("link", name=re.compile("^Lisbon 3 photos"))
    expect(card).to_be_visible()
    found = dict(owner.axe_violations("albums"))
    assert too_small(page.locator("main")) == []
    card.click()
    expect(page.locator(".tile")).to_have_count(3)
    found |= owner.axe_violations("album")
    assert too_small(page.locator("main")) == []
    assert overflows(page) == 0
    assert found == {}

    page.get_by_role("button", name="Lisbon", exact=True).click()
    page.keyboard.type("Lisbon in August")
    page.keyboard.press("Enter")
    expect(owner.heading("Lisbon in August")).to_be_visible()
    expect(page.get_by_role("button", name="Lisbon in August")).to_be_focused()
    expect(toast(page)).to_contain_text("Title changed.")
    toast(page).get_by_role("button", name="Undo").click()
    expect(owner.heading("Lisbon")).to_be_visible()

    checkbox(owner, "lake-2.jpg").focus()
    page.keyboard.press("Space")
    owner.button("Remove from album").click()
    expect(page.locator(".tile")).to_have_count(2)
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".tile")).to_have_count(3)

    menu(page, "Slideshow")
    viewer = page.get_by_role("dialog", name="Photo viewer")
    expect(viewer).to_have_class(re.compile("pswp--playing"))
    expect(viewer.locator(".pswp__counter")).to_have_text("1 of 3")
    page.keyboard.press("Escape")
    expect(viewer).not_to_have_class(re.compile("pswp--playing"))
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)

    menu(page, "Delete album…")
    owner.button("Delete album").click()
    expect(toast(page)).to_contain_text("Its photos stay in your library.")
    expect(page.get_by_role("heading", name="No albums yet")).to_be_visible()
    owner.open("?tag=lake")
    expect(page.locator(".tile")).to_have_count(3)
    checkbox(owner, "lake-1.jpg").focus()
    page.keyboard.press("Space")
    bar(page).get_by_role("button", name="Add to album…").click()
    expect(page.get_by_text("Type a name to create your first album.")).to_be_visible()
    expect(page.locator(".album-choices ul")).to_have_css("height", "0px")


@on_a_phone_and_proof_on_a_desktop
def test_photos_are_arranged_by_hand(owner: Visitor) -> None:
    page = owner.page
    owner.open()
    create_album(owner, "Lake")
    owner.open("?tag=lake")
    owner.button("Save to album").click()
    page.get_by_role("radio", name="In an album").check(force=True)
    owner.button("Choose album…").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Lake")).click()
    expect(toast(page)).to_contain_text("3 photos added to “Lake”.")
    page.get_by_role("link", name="Albums", exact=True).click()
    page.get_by_role("link", name=re.compile("^Lake 3 photos")).click()
    expect(page.locator(".tile")).to_have_count(3)
    first, second, third = names(page)

    menu(page, "By hand…")
    arranged(page, third).focus()
    page.keyboard.press("Shift+Home")
    expect(arranged(page, third)).to_be_focused()
    assert owner.axe_violations("arranging") == {}
    arranged(page, second).drag_to(arranged(page, third), target_position={"x": 5, "y": 40})
    expect(arranged(page, second)).to_have_accessible_name(re.compile(", 1 of 3$"))
    owner.button("Save order").click()
    expect(toast(page)).to_contain_text("Order changed.")
    expect_names(page, second, third, first)
    page.reload()
    expect(page.locator(".tile")).to_have_count(3)
    expect_names(page, second, third, first)


def test_smart_album_shows_what_its_search_finds(owner: Visitor) -> None:
    page = owner.page
    owner.open("?tag=lake&not=mountain")
    owner.button("Save to album").click()
    page.get_by_role("textbox", name="Title").fill("Only lakes")
    assert owner.axe_violations("saving a search") == {}
    owner.button("Save smart album").click()
    expect(owner.heading("Only lakes")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(2)
    menu(page, "Show search")
    expect(page).to_have_url(re.compile(r"\?tag=lake&not=mountain$"))


def test_upload_goes_into_a_new_album_and_the_viewer_names_it(owner: Visitor) -> None:
    page = owner.page
    owner.open()
    owner.choose_files(("harbor.jpg", "image/jpeg", picture(WIDE)))
    owner.button("Add to an album…").click()
    expect(page.get_by_role("combobox", name="Album")).to_be_focused()
    page.keyboard.type("Harbors")
    owner.start_upload(1)
    expect(owner.tile("harbor.jpg")).to_be_visible()
    owner.tile("harbor.jpg").click()
    expect(page.locator(".pswp--open")).to_be_visible()
    page.keyboard.press("i")
    info = page.get_by_role("region", name="Photo info")
    expect(info.get_by_role("button", name="Remove from “Harbors”")).to_be_visible()
    info.get_by_role("button", name="Add to album…").click()
    info.get_by_role("searchbox").fill("Ships")
    page.keyboard.press("Enter")
    expect(info.get_by_role("button", name="Open album Ships")).to_be_visible()
    assert owner.axe_violations("albums of a photo") == {}
    info.get_by_role("button", name="Open album Harbors").click()
    expect(owner.heading("Harbors")).to_be_visible()
    expect(owner.tile("harbor.jpg")).to_be_visible()


def test_people_are_added_and_removed(owner: Visitor) -> None:
    page = owner.page
    owner.open()
    create_album(owner, "Garden")
    owner.button("Share").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Garden")
    page.keyboard.press("Escape")
    owner.button("People").click()
    dialog.get_by_role("textbox", name="Email address").fill(SECOND)
    dialog.get_by_role("combobox", name="They can").select_option("View and add photos")
    dialog.get_by_role("button", name="Add person").click()
    role = dialog.get_by_role("combobox", name=f"What {SECOND} can do")
    expect(role).to_have_value("contributor")
    role.select_option("View photos")
    expect(dialog.get_by_role("status").last).to_have_text("Changed.")
    assert owner.axe_violations("people") == {}
    dialog.get_by_role("button", name=f"Remove {SECOND}").click()
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(dialog.get_by_text("You haven't added anybody yet.")).to_be_visible()


def test_shared_album_can_be_left(owner: Visitor, library: Library) -> None:
    page, api = owner.page, library.api_url
    headers = {"Authorization": f"Bearer {library.token('second')}"}
    album = page.request.post(f"{api}/albums", headers=headers, data={"title": "Harvest"}).json()
    url = f"{api}/albums/{album['album_id']}"
    page.request.post(f"{url}/members", headers=headers, data={"email": USERS["demo"].email, "role": "viewer"})
    owner.open("?view=albums")
    owner.button("Shared with me").click()
    page.get_by_role("link", name=re.compile("^Harvest 0 photos .* You can view photos$")).click()
    expect(owner.heading("Harvest")).to_be_visible()
    expect(owner.button("Harvest")).to_have_count(0)
    expect(owner.button("People")).to_have_count(0)
    menu(page, "Leave album…")
    owner.button("Leave album").click()
    expect(page.get_by_role("heading", name="Nothing is shared with you yet")).to_be_visible()
    page.request.delete(url, headers=headers)


def test_visitors_are_asked_to_sign_in(visitor: Visitor) -> None:
    visitor.open("?view=albums")
    expect(visitor.page.get_by_role("heading", name="Sign in to see albums")).to_be_visible()
