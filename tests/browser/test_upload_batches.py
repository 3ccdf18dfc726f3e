"""Hundreds of uploads at once: the page stays responsive and below the API's throttle."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import api_request
from tests.browser.photos import picture
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# API Gateway's throttle: requests a second, and burst.
RATE, BURST = 20, 10
# Rows in the list of uploads.
ROWS = 6
# How much the page may move: a good score is below.
GOOD_LAYOUT_SHIFT = 0.1
SMALL = (60, 40)
# The longest task that is acceptable on any machine, ms.
LONGEST = 500.0

WATCH = """
    window.tasks = [];
    new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) window.tasks.push({ startTime, duration });
    }).observe({ type: "longtask", buffered: true });
    window.layoutShift = 0;
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.layoutShift += value;
    }).observe({ type: "layout-shift", buffered: true });
    performance.setResourceTimingBufferSize(20000);
"""


@pytest.fixture
def upload_many(signed_in: Visitor, tmp_path: Path) -> Iterator[Callable[[int], Visitor]]:
    """Starts many uploads in a page whose tasks are measured; the photos are deleted permanently at the end."""
    names: set[str] = set()

    def upload(count: int) -> Visitor:
        folder = tmp_path / "many"
        folder.mkdir()
        names.update(f"many-{number}.jpg" for number in range(count))
        for name in names:
            (folder / name).write_bytes(picture(SMALL))
        with signed_in.page.add_init_script(WATCH):
            signed_in.open()
        with signed_in.page.expect_file_chooser() as chooser:
            signed_in.button("Add folder").click()
        chooser.value.set_files(folder)
        signed_in.start_upload(count)
        return signed_in

    yield upload
    token = signed_in.library.token()
    while True:
        photos = api_request(signed_in.library, "/photos?limit=100", token)["items"]
        left = [photo["photo_id"] for photo in photos if photo["filename"] in names]
        if not left:
            break
        for photo_id in left:
            api_request(signed_in.library, f"/photos/{photo_id}?permanent=true", token, "DELETE")


@pytest.mark.proof
def test_forty_uploads_respect_the_throttle(upload_many: Callable[[int], Visitor]) -> None:
    owner = upload_many(40)
    expect(owner.uploads.get_by_role("heading", name="Adding 40 photos")).to_be_visible()
    assert rows(owner) == ROWS
    expect(owner.page.get_by_role("heading", name="40 photos added")).to_be_visible(timeout=90_000)
    assert_within_throttle(owner, at_least=40)


@pytest.mark.proof
def test_three_hundred_uploads_leave_the_page_responsive_and_in_place(
    upload_many: Callable[[int], Visitor], record_property: Callable[[str, object], None]
) -> None:
    owner = upload_many(300)
    expect(owner.uploads.get_by_role("heading", name="Adding 300 photos")).to_be_visible()
    assert rows(owner) == ROWS
    before = owner.page.evaluate("window.layoutShift")
    expect(owner.page.get_by_role("heading", name="300 photos added")).to_be_visible(timeout=600_000)
    assert_within_throttle(owner, at_least=300)
    tasks = owner.page.evaluate("window.tasks")
    longest = max((task["duration"] for task in tasks), default=0)
    record_property("longest_task_ms", longest)
    shift = owner.page.evaluate("window.layoutShift") - before
    record_property("layout_shift", round(shift, 4))
    assert shift < GOOD_LAYOUT_SHIFT
    assert longest < LONGEST, sorted(task["duration"] for task in tasks)[-10:]


def rows(owner: Visitor) -> int:
    """Number of uploads in the document."""
    return owner.uploads.locator(".upload").count()


def assert_within_throttle(owner: Visitor, at_least: int) -> None:
    """Check every API request against a token bucket like API Gateway's."""
    times = sorted(
        owner.page.evaluate(
            """api => performance.getEntriesByType("resource").filter(({ name }) => name.startsWith(api))
                .map(({ startTime }) => startTime)""",
            owner.library.api_url,
        )
    )
    assert len(times) > at_least
    tokens = float(BURST)
    for before, now in pairwise([times[0], *times]):
        tokens = min(BURST, tokens + (now - before) / 1000 * RATE) - 1
        assert tokens >= 0, f"too fast at {now:.0f} ms of {len(times)} requests"
