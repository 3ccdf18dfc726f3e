"""Every photo has an address: links, history, copying, and signing in to see a private one."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import api_request
from tests.browser.large_library import fulfill_photos, make_photo, open_large_library
from tests.browser.test_viewer import caption, viewer
from tests.browser.viewports import at_both_widths, on_a_desktop_and_proof_on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@at_both_widths
def test_the_open_photo_is_in_the_url(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("?tag=lake")
    first, second = page.locator(".tile").nth(0), page.locator(".tile").nth(1)
    expect(second).to_be_visible()
    links = [tile.get_attribute("href") or "" for tile in (first, second)]
    assert all(re.fullmatch(r"\?tag=lake&scope=public&photo=[\w-]+", link) for link in links), links
    second.click()
    expect(caption(page)).to_be_visible()
    expect(page).to_have_url(visitor.library.page_url + links[1])
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(visitor.library.page_url + links[0])
    page.go_back()
    expect(viewer(page)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?tag=lake$"))
    page.go_forward()
    expect(caption(page)).to_be_visible()
    page.reload()
    expect(caption(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer(page)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?tag=lake$"))


def test_a_link_opens_in_another_tab_and_closing_shows_its_view(visitor: Visitor) -> None:
    visitor.open("?tag=lake")
    with visitor.page.context.expect_page() as opened:
        visitor.tile("lake-2.jpg").click(button="middle")
    page = opened.value
    expect(viewer(visitor.page)).to_have_count(0)
    expect(caption(page)).to_contain_text("lake-2.jpg")
    expect(page.locator(".pswp__counter")).to_have_text(re.compile("of 3$"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Lake", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?tag=lake$"))
    page.close()


@at_both_widths
def test_prev_and_next_continue_from_the_place_of_a_linked_photo(visitor: Visitor) -> None:
    page = visitor.page
    far = make_photo(300)
    page.route(
        f"**/photos/{far['photo_id']}",
        lambda route: route.fulfill(json=far, headers={"Access-Control-Allow-Origin": "*"}),
    )
    page.route(
        re.compile(r"/photos\?.*from="),
        lambda route: fulfill_photos(route, [make_photo(n) for n in (300, 299, 298)], None),
    )
    page.route(
        re.compile(r"/photos\?.*to="),
        lambda route: fulfill_photos(route, [make_photo(n) for n in (300, 301, 302)], None),
    )
    page.route(re.compile(r"/photos\?(?!.*(from|to)=)"), lambda route: fulfill_photos(route, [make_photo(0)], "50"))
    page.goto(f"{visitor.library.page_url}?photo={far['photo_id']}")
    expect(caption(page)).to_contain_text("photo-300.jpg")
    expect(page.locator(".pswp__counter")).to_have_text("3 of 5")
    for key, name in (("ArrowLeft", "299"), ("ArrowLeft", "298"), *[("ArrowRight", str(n)) for n in range(299, 303)]):
        page.keyboard.press(key)
        expect(caption(page)).to_contain_text(f"photo-{name}.jpg")
        expect(page.locator(".pswp__item[aria-hidden=false] img").last).to_be_visible()
    expect(page).to_have_url(re.compile(rf"photo={make_photo(302)['photo_id']}$"))


def test_links_are_copied_without_the_search_and_name_who_can_open_them(signed_in: Visitor) -> None:
    page = signed_in.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    signed_in.open("?tag=lake&scope=public")
    signed_in.tile("lake-2.jpg").click()
    expect(caption(page)).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Link copied.")).to_be_visible()
    query = page.url.replace("tag=lake&", "")
    assert page.evaluate("navigator.clipboard.readText()") == query
    assert "?scope=public&photo=" in query


@on_a_desktop_and_proof_on_a_phone
def test_a_visitor_signs_in_to_see_a_private_photo(visitor: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("status of 404")
    page, library = visitor.page, visitor.library
    photos = api_request(library, "/photos?limit=100", library.token())["items"]
    secret = next(photo["photo_id"] for photo in photos if photo["filename"] == "secret.jpg")
    visitor.open(f"?scope=mine&photo={secret}")
    dialog = page.get_by_role("dialog", name="Sign in to see this photo")
    expect(dialog).to_be_visible()
    assert visitor.axe_violations("private photo") == {}
    dialog.get_by_role("button", name="See public photos").click()
    expect(page).to_have_url(library.page_url)
    page.go_back()
    visitor.open(f"?scope=mine&photo={secret}")
    dialog.get_by_role("button", name="Sign in").click()
    visitor.fill_sign_in_form()
    expect(caption(page)).to_contain_text("secret.jpg")
    expect(page).to_have_url(re.compile(rf"\?scope=mine&photo={secret}$"))
    page.keyboard.press("Escape")
    expect(visitor.tile("secret.jpg")).to_be_visible()


def test_an_empty_library_leads_to_the_public_gallery(visitor: Visitor, allowed_errors: list[str]) -> None:
    allowed_errors.append("status of 404")
    page = visitor.page
    visitor.open("?tag=lake")
    visitor.sign_in("second", back_to="Lake")
    expect(page.get_by_role("heading", name="No photos tagged “Lake”")).to_be_visible()
    page.get_by_role("link", name="Show public photos").click()
    expect(visitor.tile("lake-1.jpg")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?tag=lake&scope=public$"))
    visitor.open("?photo=missing")
    expect(page.get_by_text("This photo doesn't exist")).to_be_visible()
    expect(page).to_have_url(visitor.library.page_url)


def test_tiles_are_clicked_by_keyboard_as_buttons_were(visitor: Visitor) -> None:
    open_large_library(visitor)
    visitor.page.locator(".tile").first.focus()
    visitor.page.keyboard.press("Space")
    expect(caption(visitor.page)).to_contain_text("photo-0.jpg")
