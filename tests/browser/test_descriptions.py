"""What the owner says of a photo: favorite, rating, caption and place, in the viewer and for selected photos."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OwnPhotos, api_request
from tests.browser.test_editing import field
from tests.browser.test_selecting import bar, checkbox
from tests.browser.test_viewer import info
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CAPTION = "Dog & crab\n<b>on the beach</b>"


def viewer_toast(visitor: Visitor) -> Locator:
    """The report of the last edit in the viewer."""
    return visitor.page.locator(".pswp").get_by_role("status", name="Last action")


def test_viewer_edits_favorite_rating_caption_place_and_position(owner: Visitor, own_photos: OwnPhotos) -> None:
    tag, page = own_photos(1), owner.page
    owner.open(f"?tag={tag}")
    owner.tile(f"{tag}-1.jpg").click()
    favorite = page.locator(".pswp__button--favorite")
    expect(favorite).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("f")
    expect(viewer_toast(owner)).to_contain_text("Added to favorites.")
    expect(favorite).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("4")
    expect(viewer_toast(owner)).to_contain_text("Rated 4 stars.")
    page.keyboard.press("i")
    expect(page.get_by_role("radio", name="4 stars")).to_be_checked()
    page.get_by_role("radio", name="4 stars").press("ArrowRight")
    expect(viewer_toast(owner)).to_contain_text("Rated 5 stars.")
    viewer_toast(owner).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("radio", name="4 stars")).to_be_checked()

    caption = field(page, "Caption")
    caption.fill("x" * 2001)
    expect(page.get_by_role("alert")).to_have_text("Captions can be up to 2,000 characters long.")
    caption.fill(CAPTION)
    field(page, "Place").fill("Cascais, Portugal")
    expect(viewer_toast(owner)).to_contain_text("Caption saved.")
    field(page, "Place").press("Enter")
    expect(viewer_toast(owner)).to_contain_text("Place saved.")
    position = field(page, "Position")
    position.fill("Porto")
    position.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(
        "Enter latitude and longitude in degrees, like 41.1496, -8.611.",
    )
    position.fill("41.1496° N, 8.611° W")
    position.press("Enter")
    expect(viewer_toast(owner)).to_contain_text("Position saved.")
    expect(position).to_have_value("41.1496, -8.611")
    info(page).get_by_role("button", name="Remove position").click()
    expect(viewer_toast(owner)).to_contain_text("Position removed.")
    expect(position).to_have_value("")
    viewer_toast(owner).get_by_role("button", name="Undo").click()
    expect(position).to_have_value("41.1496, -8.611")
    info(page).get_by_role("button", name="Use the place of the position").click()
    expect(field(page, "Place")).to_have_value("Porto, Portugal")
    field(page, "File name").fill("renamed")
    field(page, "File name").press("Enter")
    expect(viewer_toast(owner)).not_to_contain_text("Undo")  # it would seem to undo the new name
    assert owner.axe_violations("info with caption") == {}
    page.keyboard.press("Escape")
    # Text with its line break, never markup.
    assert page.locator(".caption-text").inner_text() == CAPTION

    page.keyboard.press("Escape")
    expect(owner.page.locator(".favorite-mark")).to_have_count(1)
    (photo,) = api_request(owner.library, f"/gallery/articles?tag={tag}", owner.library.token())["items"]
    saved = [photo[field] for field in ("favorite", "rating", "caption", "place", "coordinates")]
    assert saved == [True, 4, CAPTION, "Porto, Portugal", {"latitude": 41.1496, "longitude": -8.611}]


def test_selected_photos_become_favorites_and_get_a_rating(owner: Visitor, own_photos: OwnPhotos) -> None:
    tag, page = own_photos(2), owner.page
    owner.open(f"?tag={tag}")
    checkbox(owner, f"{tag}-1.jpg").click()
    bar(page).get_by_role("button", name="Select all").click()
    bar(page).get_by_role("button", name="Favorite").click()
    toast = page.get_by_role("status", name="Last action")
    expect(toast).to_contain_text("2 photos added to favorites.")
    expect(page.locator(".favorite-mark")).to_have_count(2)
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator(".favorite-mark")).to_have_count(0)

    checkbox(owner, f"{tag}-2.jpg").click()
    bar(page).get_by_role("button", name="Rate…").click()
    bar(page).get_by_role("button", name="3 stars").click()
    expect(toast).to_contain_text("Rating of 1 photo changed.")
    bar(page).get_by_role("button", name="Edit place…").click()
    bar(page).get_by_role("textbox").fill("41.1496, -8.611")
    bar(page).get_by_role("button", name="Set place").click()
    expect(toast).to_contain_text("Position of 1 photo changed.")
    found = {
        photo["filename"]: (photo["rating"], photo["place"])
        for photo in api_request(owner.library, f"/gallery/articles?tag={tag}", owner.library.token())["items"]
    }
    assert found == {f"{tag}-1.jpg": (3, "Porto, Portugal"), f"{tag}-2.jpg": (0, None)}
