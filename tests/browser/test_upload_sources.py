"""Sources of uploads: picked and dropped folders, and the clipboard."""

import re
from os import truncate
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.devtools import devtools
from tests.browser.photos import picture
from tests.browser.viewports import on_a_phone
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

FOLDER_BUTTON = "Add folder"


@pytest.fixture
def trip(tmp_path: Path) -> Path:
    """A folder with two photos, one in a subfolder, and files that systems and programs create next to them."""
    for name in ("trip/arrival.jpg", "trip/day one/harbour.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(picture())
    for name in ("trip/.DS_Store", "trip/Thumbs.db", "trip/arrival.xmp", "trip/arrival.jpg.json", "trip/._arrival.jpg"):
        (tmp_path / name).write_bytes(b"left behind")
    (tmp_path / "trip/film.mp4").write_bytes(b"a film")
    (tmp_path / "trip/nothing").mkdir()
    return tmp_path / "trip"


def test_folder_can_be_picked(owner: Visitor, trip: Path) -> None:
    with owner.page.expect_file_chooser() as chooser:
        owner.button(FOLDER_BUTTON).click()
    chooser.value.set_files(trip)
    expect(owner.page.get_by_text("1 video skipped: only photos can be added. film.mp4")).to_be_visible()
    owner.start_upload(2)
    owner.expect_added(2)
    for name in ("arrival.jpg", "harbour.jpg"):
        expect(owner.tile(name).first).to_be_visible()


def test_folder_and_photo_can_be_dropped_together(owner: Visitor, trip: Path) -> None:
    outside = trip.parent / "outside.jpg"
    outside.write_bytes(picture())
    drop_paths(owner, trip, outside)
    expect(owner.page.get_by_text("1 video skipped")).to_be_visible()
    owner.start_upload(3)
    owner.expect_added(3)
    for name in ("outside.jpg", "arrival.jpg", "harbour.jpg"):
        expect(owner.tile(name).first).to_be_visible()


def test_dropped_folder_without_photos_is_reported(owner: Visitor, trip: Path) -> None:
    drop_paths(owner, trip / "nothing")
    expect(owner.page.get_by_role("dialog", name="No photos found")).to_be_visible()


def test_large_folder_with_files_of_all_kinds_is_sorted_out(owner: Visitor, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(5000):
        (folder / f"{number}.jpg").write_bytes(b"jpg")
    for number in range(5):
        (folder / f"empty-{number}.jpg").touch()
    (folder / "huge.jpg").touch()
    truncate(folder / "huge.jpg", 300 * 1024**2)
    (folder / "clip.MOV").write_bytes(b"a film")
    drop_paths(owner, folder)
    expect(owner.button("Add 5,000 photos")).to_be_visible(timeout=60_000)
    dialog = owner.page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 file skipped: photos can have up to 200 MB. huge.jpg")
    expect(dialog).to_contain_text(re.compile(r"5 files skipped because they are empty\. empty-\d.* and 2 more"))
    expect(dialog).to_contain_text("1 video skipped: only photos can be added. clip.MOV")
    assert owner.axe_violations("a large folder") == {}
    owner.page.keyboard.press("Escape")
    expect(dialog.get_by_text("Discard these 5,000 photos?")).to_be_visible()
    expect(owner.button("Keep")).to_be_focused()
    owner.page.keyboard.press("Escape")
    expect(owner.button("Add 5,000 photos")).to_be_focused()
    owner.page.keyboard.press("Escape")
    owner.button("Discard").click()
    expect(dialog).to_have_count(0)


def test_image_can_be_pasted(owner: Visitor) -> None:
    owner.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.page.evaluate(
        """async () => {
            const canvas = new OffscreenCanvas(300, 200);
            const brush = canvas.getContext("2d");
            brush.fillStyle = "teal";
            brush.fillRect(20, 20, 150, 100);
            const png = await canvas.convertToBlob({ type: "image/png" });
            await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
        }"""
    )
    owner.page.keyboard.press("Control+v")
    owner.start_upload(1)
    expect(owner.tile("image.png").first).to_be_visible()


@on_a_phone
def test_phone_has_no_folder_button(owner: Visitor) -> None:
    expect(owner.button("Add photos")).to_be_visible()
    expect(owner.button(FOLDER_BUTTON)).to_be_hidden()


def drop_paths(owner: Visitor, *paths: Path) -> None:
    """Drop files and folders from the disk on the page."""
    browser = devtools(owner.page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for event in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": event, "x": 400, "y": 400, "data": data})
