"""The service worker: the page opens without a connection, and an older version of the worker is replaced.

These tests have a page server and a browser context of their own: a worker stays in its context.
"""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from local.http_server import HttpServer
from local.library import Library
from local.ports import HOST, free_ports
from local.site.server import DIST, Handler, Site, page_config
from tests.browser.shared_pages import listening
from tests.browser.test_accessibility import overflows, too_small
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

WORKER = "service-worker.js"
ACTIVE = """async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active.state !== "activated") await new Promise(resolve => active.addEventListener("statechange", resolve));
}"""
# Looks for a newer worker, and waits until it is active.
NEXT_WORKER = """async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const { installing, waiting, active } = registration;
    const next = installing ?? waiting ?? active;
    while (next.state !== "activated") await new Promise(resolve => next.addEventListener("statechange", resolve));
}"""
CACHED = """async () => {
    const caches_ = await Promise.all((await caches.keys()).map(name => caches.open(name)));
    return (await Promise.all(caches_.map(cache => cache.keys()))).flat().map(request => request.url);
}"""
STATE_AFTER_INSTALL = """async () => {
    const { installing } = await navigator.serviceWorker.register("service-worker.js");
    await new Promise(resolve => installing.addEventListener("statechange", resolve));
    return installing.state;
}"""
SESSION = {"user": "u", "name": "ada@example.com", "refreshToken": "r"}
# What an older version may have been: it answers every request from its cache, and caches what is none of its business.
OLD_WORKER = """
self.addEventListener("install", event => event.waitUntil((async () => {
    const cache = await caches.open("tintype-shell-old");
    const headers = { "Content-Type": "text/html" };
    await cache.put("./", new Response("<!doctype html><title>Old</title>", { headers }));
    await self.skipWaiting();
})()));
self.addEventListener("fetch", event => {
    if (event.request.mode === "navigate") event.respondWith(caches.match("./", { ignoreSearch: true }));
});
"""


@dataclass(frozen=True)
class OwnSite:
    """A copy of the built page with a server of its own, which can be stopped."""

    folder: Path
    port: int
    library: Library

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve the page in the block."""
        services = self.library.provisioned.services

        class OwnHandler(Handler):
            protocol_version = "HTTP/1.0"  # a connection that stayed open would be answered after the end
            site = Site(self.folder, page_config(services, self.library.ports.api, self.port), services)

        with HttpServer((HOST, self.port), OwnHandler) as server:
            threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
            try:
                yield
            finally:
                server.shutdown()


@pytest.fixture
def site(library: Library, tmp_path: Path) -> OwnSite:
    """The page, on a port that no other test uses."""
    (port,) = free_ports(1)
    shutil.copytree(DIST, tmp_path / "dist")
    return OwnSite(tmp_path / "dist", port, library)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a context with service workers."""
    with browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce") as context:
        yield context.new_page()


def wait_for_worker(page: Page) -> None:
    """Wait until the page's worker is active."""
    page.evaluate(ACTIVE)


def test_page_opens_without_a_connection(site: OwnSite, page: Page) -> None:
    with site.serving():
        page.goto(site.url)
        expect(page.get_by_role("heading", name="Public gallery")).to_be_visible()
        wait_for_worker(page)
        cached = {url.removeprefix(site.url) for url in page.evaluate(CACHED)}
        document = (site.folder / "index.html").read_text()
        assert cached == {"", "config.json", *re.findall(r'"\./(assets/[^"]+)"', document)}
        page.evaluate("stored => { localStorage['tintype.session'] = stored; }", json.dumps(SESSION))
    page.context.set_offline(True)
    page.goto(f"{site.url}?tag=lake")
    expect(page.get_by_role("heading", name="Lake")).to_be_visible()
    expect(page.get_by_text("You're offline")).to_be_visible()
    expect(page.get_by_role("button", name="Account: ada@example.com")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("It will load when you're back online.")
    visitor = Visitor(page, site.library)
    assert visitor.axe_violations("offline") == {}
    assert (too_small(page), overflows(page)) == ([], 0)
    assert page.evaluate("localStorage['tintype.session']") == json.dumps(SESSION)


def test_older_worker_is_replaced_without_reloading(site: OwnSite, page: Page) -> None:
    worker = (site.folder / WORKER).read_text()
    (site.folder / WORKER).write_text(OLD_WORKER)
    loads: list[str] = []
    with site.serving():
        page.goto(site.url)
        wait_for_worker(page)
        page.reload()
        expect(page).to_have_title("Old")
        (site.folder / WORKER).write_text(worker)
        with listening(page, "framenavigated", lambda frame: loads.append(frame.url)):
            page.evaluate(NEXT_WORKER)
            assert page.title() == "Old"
            page.reload()
            expect(page.get_by_role("heading", name="Public gallery")).to_be_visible()
            wait_for_worker(page)
        assert len(loads) == 1
        assert len(page.evaluate("caches.keys()")) == 1


def test_worker_of_another_version_than_the_document_is_not_installed(site: OwnSite, page: Page) -> None:
    document = site.folder / "index.html"
    document.write_text(document.read_text().replace("<title>", "<title>New "))
    with site.serving():
        page.goto(site.url)
        expect(page.get_by_role("heading", name="Public gallery")).to_be_visible()
        assert page.evaluate(STATE_AFTER_INSTALL) == "redundant"


def test_worker_is_not_installed_with_a_wrong_file(site: OwnSite, page: Page) -> None:
    # As an error page that is answered with 200: the cache would give it to every visit.
    for script in (site.folder / "assets").glob("index-*.js"):
        script.write_text("<!doctype html><title>Sign in to the network</title>")
    with site.serving():
        page.goto(site.url)
        assert page.evaluate(STATE_AFTER_INSTALL) == "redundant"


def test_guests_and_the_inbox_are_not_answered_by_the_worker(site: OwnSite, page: Page) -> None:
    with site.serving():
        page.goto(site.url)
        wait_for_worker(page)
        for path in ("shared/", "inbox", "missing"):
            response = page.goto(site.url + path)
            assert response is not None
            assert not response.from_service_worker
        response = page.goto(site.url)
        assert response is not None
        assert response.from_service_worker
