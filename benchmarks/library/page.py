"""The page in a real browser, scrolled to the end of the user's photos."""

import time
from dataclasses import dataclass

from playwright.sync_api import ViewportSize

from benchmarks.library.resources import largest_renderer
from local import chromium
from local.library import Library
from local.users import USERS

VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
LIMIT_SECONDS = 1800
SCROLL = """async ([total, seconds]) => {
    const gallery = document.querySelector('tintype-photo-gallery');
    const deadline = performance.now() + 1000 * seconds;
    const atEnd = () => scrollY + innerHeight >= document.body.scrollHeight - 2;
    let [tiles, stable] = [0, 0];
    while (performance.now() < deadline && stable < 5) {
        scrollTo(0, document.body.scrollHeight);
        await new Promise(after => setTimeout(after, 20));
        tiles = Math.max(tiles, document.querySelectorAll('.tile').length);
        stable = gallery.state.photos.length >= total && atEnd() ? stable + 1 : 0;
    }
    return { photos: gallery.state.photos.length, tiles };
}"""


@dataclass(frozen=True, slots=True)
class Scrolled:
    """The result: seconds, photos loaded, most tiles in the document, and memory of the page in bytes."""

    seconds: float
    photos: int
    tiles: int
    heap: int
    resident: int


def scroll_to_end(library: Library, total: int) -> Scrolled:
    """Sign in, and scroll until all `total` photos are loaded and the last is in view; raises AssertionError if not."""
    with chromium.launch() as browser:
        page = browser.new_page(viewport=VIEWPORT)
        chromium.sign_in(page, library.page_url, USERS["demo"])
        page.locator(".tile img[data-loaded]").first.wait_for()
        started_at = time.perf_counter()
        found = page.evaluate(SCROLL, [total, LIMIT_SECONDS])
        seconds = time.perf_counter() - started_at
        assert found["photos"] >= total, f"the page loaded {found['photos']} of {total} photos in {seconds:.0f} s"
        devtools = page.context.new_cdp_session(page)
        devtools.send("HeapProfiler.collectGarbage")
        devtools.send("Performance.enable")
        metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
        return Scrolled(seconds, found["photos"], found["tiles"], int(metrics["JSHeapUsedSize"]), largest_renderer())
