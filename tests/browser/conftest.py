"""A library with some photos in it, Chromium, and visitors to its page at two widths."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, ViewportSize, expect

from local import chromium
from local.library import Library, run_library
from local.ports import Ports, free_ports
from tests.browser.photos import PHONE_SHAPE, WIDE, picture
from tests.browser.viewports import DESKTOP, PHONE
from tests.browser.visitor import Visitor

SEED_SECONDS = 60.0
WAIT_MILLISECONDS = 15_000
expect.set_options(timeout=WAIT_MILLISECONDS)
# The library's first photos, which came by an S3 tool: name, tags, visibility.
SEEDED = (
    ("lake-1.jpg", "lake,mountain", "public"),
    ("lake-2.jpg", "lake", "public"),
    ("lake-3.jpg", "lake", "public"),
    ("mountain-1.jpg", "mountain", "public"),
    ("mountain-2.jpg", "mountain", "public"),
    ("secret.jpg", "diary", "private"),
)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of its own for the browser, with the first photos in it; tests add to it, and take nothing away."""
    with run_library(tmp_path_factory.mktemp("library"), Ports(*free_ports(3))) as library:
        drop(library, *SEEDED)
        wait_for(library, {name for name, _, visibility in SEEDED if visibility == "public"})
        yield library


def drop(library: Library, *photos: tuple[str, str, str]) -> None:
    """Copies photos into the bucket as any S3 tool would: they belong to the library's owner, the demo user."""
    s3 = library.provisioned.client("s3")
    for place, (name, tags, visibility) in enumerate(photos):
        s3.put_object(
            Bucket=library.provisioned.outputs["OriginalsBucket"],
            Key=name,
            Body=picture(PHONE_SHAPE if place % 3 == 2 else WIDE),
            Metadata={"tags": tags, "status": visibility},
        )


def wait_for(library: Library, names: set[str], path: str = "/photos?scope=public&limit=100", token: str = "") -> None:
    """Waits until these photos are listed there: as public ones, unless said otherwise."""
    until = time.monotonic() + SEED_SECONDS
    while time.monotonic() < until:
        if names <= {photo["filename"] for photo in ask(library, path, token)["items"]}:
            return
        time.sleep(0.2)
    raise AssertionError(f"of {sorted(names)} not all came out in {SEED_SECONDS:.0f} s")


def ask(library: Library, path: str, token: str = "", method: str = "GET") -> Any:
    """What the API answers to this; without a token as to a stranger."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = Request(library.api_url + path, headers=headers, method=method)
    with urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or "null")


type OwnPhotos = Callable[[int], str]


@pytest.fixture
def own_photos(library: Library, request: pytest.FixtureRequest) -> Iterator[OwnPhotos]:
    """Puts in so many private photos of the demo user, `{tag}-1.jpg` and so on, under a tag of the test's own.

    The tag is the answer. They are deleted for ever at the end: other tests look at the library's first page.
    """
    tag = re.sub(r"\W+", "", request.node.name.removeprefix("test_"))[-24:]

    def put_in(count: int) -> str:
        names = [f"{tag}-{number}.jpg" for number in range(1, count + 1)]
        drop(library, *((name, tag, "private") for name in names))
        wait_for(library, set(names), f"/gallery/articles?tag={tag}", library.token())
        return tag

    yield put_in
    for path in (f"/gallery/articles?tag={tag}", "/photos?state=trashed&limit=100"):
        for photo in ask(library, path, library.token())["items"]:
            if photo["filename"].startswith(tag):
                ask(library, f"/photos/{photo['photo_id']}?permanent=true", library.token(), "DELETE")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The Chromium that is installed, quiet: it speaks to nobody but the page."""
    return {
        "executable_path": chromium.find(),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--process-per-site",  # the next test's tab finds its process there
            "--disable-features=SpareRendererForSitePerProcess",
        ],
    }


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> ViewportSize:
    """A desktop, unless the test asks for `at_both_widths` or `on_a_phone`."""
    size: ViewportSize = getattr(request, "param", DESKTOP)
    return size


@pytest.fixture
def tolerated() -> list[str]:
    """Parts of console errors that a test expects; it adds its own."""
    return []


@dataclass
class Profile:
    """A browser context that test after test uses, empty each time: to open one takes longer than most tests do."""

    context: BrowserContext
    devtools: CDPSession

    @contextmanager
    def page(self) -> Iterator[Page]:
        """A new tab."""
        page = self.context.new_page()
        yield page
        page.close()

    def empty(self, origins: Iterable[str]) -> None:
        """Remove what a test may have left: storage, cookies, cached answers, permissions."""
        self.context.set_offline(False)
        self.context.clear_permissions()
        self.context.clear_cookies()
        self.devtools.send("Network.clearBrowserCache")
        for origin in origins:
            self.devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Callable[[bool], Profile]:
    """The profile of a desktop or of a phone."""

    @cache
    def profile(phone: bool) -> Profile:
        screen = PHONE if phone else DESKTOP
        context = browser.new_context(viewport=screen, is_mobile=phone, has_touch=phone, reduced_motion="reduce")
        return Profile(context, context.new_cdp_session(context.new_page()))

    return profile


@pytest.fixture
def visitor(
    profiles: Callable[[bool], Profile], screen: ViewportSize, library: Library, tolerated: list[str]
) -> Iterator[Visitor]:
    """Somebody at the page; at the end, nothing may stand in the console that was not expected."""
    profile = profiles(screen == PHONE)
    ports = {library.ports.api, library.ports.page, library.ports.services}
    with profile.page() as page, watched(page, tolerated), heard_of_no_other(page, ports):
        yield Visitor(page, library)
    profile.empty(f"http://127.0.0.1:{port}" for port in ports)


@pytest.fixture(scope="session")
def kept(browser: Browser, library: Library) -> dict[str, str]:
    """What a tab of the demo user keeps, from one sign-in by the hosted page."""
    page = browser.new_page()
    visitor = Visitor(page, library)
    visitor.opens()
    visitor.signs_in()
    storage: dict[str, str] = page.evaluate("({...sessionStorage})")
    page.close()
    return storage


@pytest.fixture
def owner(visitor: Visitor, kept: dict[str, str]) -> Visitor:
    """The demo user, signed in some time ago, at their own photos."""
    visitor.page.add_init_script(
        f"if (location.href === {json.dumps(visitor.library.page_url)}) "
        f"Object.assign(sessionStorage, {json.dumps(kept)});"
    )
    visitor.opens()
    expect(visitor.heading("My photos")).to_be_visible()
    return visitor


@contextmanager
def heard_of_no_other(page: Page, ports: set[int]) -> Iterator[None]:
    """Whatever somebody does, the page asks nobody but its own library."""
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    yield
    assert hosts <= {""} | {f"127.0.0.1:{port}" for port in ports}


@contextmanager
def watched(page: Page, tolerated: list[str]) -> Iterator[Page]:
    """Gathers what the page complains about, and fails on it."""
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        ours = not message.location["url"].endswith("/favicon.ico")  # the sign-in's page has none
        if message.type == "error" and ours:
            errors.append(f"{message.text} {message.location['url']}")

    page.set_default_timeout(WAIT_MILLISECONDS)
    page.on("console", heard)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert [error for error in errors if not any(part in error for part in tolerated)] == []
