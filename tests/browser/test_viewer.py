"""The photo viewer and its info panel, by keyboard and by touch."""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from local.library import Library
from tests.browser.devtools import devtools
from tests.browser.large_library import fulfill_many, open_large_library
from tests.browser.photos import picture
from tests.browser.shared_pages import listening
from tests.browser.viewports import (
    at_both_widths,
    on_a_desktop_and_proof_on_a_phone,
    on_a_phone,
    on_a_phone_and_proof_on_a_desktop,
)
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def viewer(page: Page) -> Locator:
    """The viewer, if it is open."""
    return page.get_by_role("dialog", name="Photo viewer")


def caption(page: Page) -> Locator:
    """The caption in the viewer."""
    return viewer(page).locator(".pswp__caption")


@at_both_widths
def test_viewer_works_by_keyboard_and_returns_focus(visitor: Visitor) -> None:
    visitor.open("?tag=lake")
    expect(visitor.page.locator(".tile")).to_have_count(3)
    names = filenames(visitor.page)
    visitor.tile(names[0]).focus()
    visitor.page.keyboard.press("Enter")
    expect(viewer(visitor.page)).to_have_attribute("aria-modal", "true")
    expect(caption(visitor.page)).to_contain_text(names[0])
    visitor.page.keyboard.press("ArrowRight")
    expect(caption(visitor.page)).to_contain_text(names[1])
    expect(viewer(visitor.page).locator(".pswp__counter")).to_have_text("2 of 3")
    visitor.page.keyboard.press("Escape")
    expect(viewer(visitor.page)).to_have_count(0)
    expect(visitor.tile(names[1])).to_be_focused()
    expect(visitor.page).to_have_url(re.compile(r"\?tag=lake$"))


@on_a_phone
def test_back_closes_the_viewer_only(visitor: Visitor) -> None:
    visitor.open("?tag=lake")
    visitor.tile("lake-2.jpg").click()
    expect(caption(visitor.page)).to_contain_text("lake-2.jpg")
    visitor.page.go_back()
    expect(viewer(visitor.page)).to_have_count(0)
    expect(visitor.heading("Lake")).to_be_visible()


@on_a_phone
def test_viewer_swipes_and_pinches(visitor: Visitor) -> None:
    open_large_library(visitor)
    visitor.tile("photo-0.jpg").click()
    expect(caption(visitor.page)).to_contain_text("photo-0.jpg")
    move_fingers(visitor.page, [(320, 400)], [(60, 400)])
    expect(caption(visitor.page)).to_contain_text("photo-1.jpg")
    move_fingers(visitor.page, [(60, 400)], [(320, 400)])
    expect(caption(visitor.page)).to_contain_text("photo-0.jpg")
    expect(viewer(visitor.page)).not_to_have_class(re.compile("pswp--zoomed-in"))
    move_fingers(visitor.page, [(180, 380), (200, 420)], [(80, 200), (300, 600)])
    expect(viewer(visitor.page)).to_have_class(re.compile("pswp--zoomed-in"))
    viewer(visitor.page).get_by_role("button", name="Zoom").click()
    expect(viewer(visitor.page)).not_to_have_class(re.compile("pswp--zoomed-in"))
    move_fingers(visitor.page, [(200, 300)], [(200, 700)])
    expect(viewer(visitor.page)).to_have_count(0)
    expect(visitor.tile("photo-0.jpg")).to_be_focused()


def test_viewer_zooms_and_preloads_neighbors(visitor: Visitor) -> None:
    open_large_library(visitor)
    visitor.tile("photo-1.jpg").click()
    expect(caption(visitor.page)).to_contain_text("photo-1.jpg")
    images = viewer(visitor.page).locator(".pswp__item img.pswp__img:not(.pswp__img--placeholder)")
    expect(images).to_have_count(3)
    narrow = images.nth(0).bounding_box()
    viewer(visitor.page).get_by_role("button", name="Zoom").click()
    expect(viewer(visitor.page)).to_have_class(re.compile("pswp--zoomed-in"))
    assert narrow is not None
    visitor.page.keyboard.press("Escape")  # shows the whole photo first
    expect(viewer(visitor.page)).not_to_have_class(re.compile("pswp--zoomed-in"))


def test_panorama_is_zoomed_to_its_pixels(owner: Visitor, library: Library) -> None:
    s3 = library.provisioned.client("s3")
    panorama = picture((12_000, 300))
    bucket = library.provisioned.outputs["OriginalsBucket"]
    s3.put_object(Bucket=bucket, Key="panorama.jpg", Body=panorama, Metadata={"status": "private"})
    owner.tile("panorama.jpg").click()
    image = viewer(owner.page).locator('.pswp__item[aria-hidden="false"] img.pswp__img:not(.pswp__img--placeholder)')
    expect(image).to_have_attribute("srcset", re.compile(r" 10000w, .* 12000w$"))
    displayed = "image => new URL(image.currentSrc).pathname"
    preview = image.evaluate(displayed)
    owner.page.keyboard.press("z")
    expect(image).to_have_attribute("sizes", "12000px")
    owner.page.wait_for_function("image => image.currentSrc.includes('panorama.jpg')", arg=image.element_handle())
    assert image.evaluate(displayed) != preview
    assert image.evaluate("image => image.getBoundingClientRect().width") == 12_000


@on_a_desktop_and_proof_on_a_phone
def test_viewer_loads_the_next_page_and_goes_on_when_it_is_there(visitor: Visitor) -> None:
    open_large_library(visitor)
    third_page = re.compile(r"/photos\?.*cursor=100")
    withheld: list[Route] = []
    visitor.page.route(third_page, lambda route: withheld.append(route))
    visitor.tile("photo-0.jpg").click()
    counter = viewer(visitor.page).locator(".pswp__counter")
    expect(counter).to_have_text("1 of 10,000")
    with visitor.page.expect_request(third_page, timeout=60_000):
        for number in range(2, 101):
            visitor.page.keyboard.press("ArrowRight")
            expect(counter).to_have_text(f"{number} of 10,000")
        visitor.page.keyboard.press("ArrowRight")
    expect(counter).to_have_text("100 of 10,000")
    visitor.page.unroute(third_page)
    [route] = withheld
    fulfill_many(route)
    for number in range(101, 107):
        expect(counter).to_have_text(f"{number} of 10,000")
        visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("ArrowLeft")
    expect(caption(visitor.page)).to_contain_text("photo-105.jpg")
    visitor.page.keyboard.press("Escape")
    expect(visitor.tile("photo-105.jpg")).to_be_focused()
    expect(visitor.tile("photo-105.jpg")).to_be_in_viewport()


def test_tag_in_the_viewer_opens_its_photos(visitor: Visitor) -> None:
    visitor.open()
    visitor.tile("lake-1.jpg").click()
    viewer(visitor.page).get_by_role("button", name="Photos tagged Mountain").click()
    expect(viewer(visitor.page)).to_have_count(0)
    expect(visitor.heading("Mountain")).to_be_visible()
    visitor.page.go_back()
    expect(visitor.heading("Public gallery")).to_be_visible()


def test_viewer_is_loaded_lazily(visitor: Visitor) -> None:
    loaded: list[str] = []
    with listening(visitor.page, "request", lambda request: loaded.append(request.url)):
        visitor.open()
        assert not [url for url in loaded if "viewer" in url]
        visitor.tile("lake-1.jpg").click()
        expect(viewer(visitor.page)).to_be_visible()
    assert [url for url in loaded if "viewer" in url]


def alt_texts(page: Page) -> list[str]:
    """The alt texts of the grid's photos, in order."""
    return [image.get_attribute("alt") or "" for image in page.locator(".tile img").all()]


@on_a_phone_and_proof_on_a_desktop
def test_info_panel_shows_metadata(signed_in: Visitor) -> None:
    signed_in.open("?tag=lake&scope=public")
    expect(signed_in.page.locator(".tile")).to_have_count(3)
    signed_in.tile("lake-1.jpg").focus()
    signed_in.page.keyboard.press("Enter")
    button = viewer(signed_in.page).get_by_role("button", name="Info", exact=True)
    button.click()
    panel = info(signed_in.page)
    expect(panel).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(panel).to_contain_text("lake-1.jpg")
    expect(panel).to_contain_text("900 × 600 px")
    expect(panel).to_contain_text(re.compile(r"Size reduction\s*[\d.]+%"))
    expect(panel).to_contain_text(re.compile("ObjectCreated:"))
    address = panel.get_by_role("link", name="Download original").get_attribute("href")
    assert signed_in.page.request.get(address or "").status == 200
    first = panel.get_by_role("heading", level=2).inner_text()
    signed_in.page.keyboard.press("ArrowRight" if first == filenames(signed_in.page)[0] else "ArrowLeft")
    expect(panel.get_by_role("heading", level=2)).not_to_have_text(first)
    signed_in.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    signed_in.page.keyboard.press("i")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Photos tagged Lake").click()
    expect(viewer(signed_in.page)).to_have_count(0)
    expect(signed_in.heading("Lake")).to_be_visible()


def test_info_panel_hides_processing_from_others(visitor: Visitor) -> None:
    visitor.open()
    visitor.tile("lake-1.jpg").click()
    expect(caption(visitor.page)).to_contain_text("lake-1.jpg")
    visitor.page.keyboard.press("i")
    expect(info(visitor.page)).to_contain_text("Everyone")
    expect(info(visitor.page)).not_to_contain_text("Processing")
    expect(info(visitor.page).get_by_role("link")).to_have_count(0)


def move_fingers(page: Page, starts: Sequence[tuple[int, int]], ends: Sequence[tuple[int, int]]) -> None:
    """Touch with one or more fingers, move each to its end, and lift them."""
    screen = devtools(page)

    def touch(kind: str, part: float) -> None:
        points = [
            {"x": x + (to_x - x) * part, "y": y + (to_y - y) * part, "id": finger}
            for finger, ((x, y), (to_x, to_y)) in enumerate(zip(starts, ends, strict=True))
        ]
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else points})

    touch("touchStart", 0)
    for step in range(1, 9):
        touch("touchMove", step / 8)
        page.wait_for_timeout(16)  # a frame: the speed of a finger is measured by it
    touch("touchEnd", 1)


def info(page: Page) -> Locator:
    """The info panel, if it is open."""
    return viewer(page).get_by_role("region", name="Photo info")


def filenames(page: Page) -> list[str]:
    """The file names of the grid's photos, in order."""
    return [re.sub(r".*\((.*)\)$", r"\1", label) for label in alt_texts(page)]
