"""Fixtures: a library with some photos, Chromium, and users of the page."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from local import chromium
from local.library import Library, run_library
from local.ports import HOST, Ports, free_ports
from tests.browser.devtools import devtools
from tests.browser.photos import PHONE_SHAPE, WIDE, picture
from tests.browser.shared_pages import SharedPages, listening
from tests.browser.viewports import DESKTOP, PHONE
from tests.browser.visitor import Visitor

SEED_SECONDS = 60.0
REBOUND_NAME = "attacker.example"  # a name of an attacker's that resolves to this machine
WAIT_MILLISECONDS = 15_000
expect.set_options(timeout=WAIT_MILLISECONDS)
# The library's first photos, uploaded with S3: name, tags, visibility.
SEEDED = (
    ("lake-1.jpg", "lake,mountain", "public"),
    ("lake-2.jpg", "lake", "public"),
    ("lake-3.jpg", "lake", "public"),
    ("mountain-1.jpg", "mountain", "public"),
    ("mountain-2.jpg", "mountain", "public"),
    ("secret.jpg", "diary", "private"),
)


@pytest.fixture(scope="package")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with the first photos; tests may add photos, but not remove these."""
    *ports, client_port = free_ports(4)
    pam = f"http://localhost:{client_port}"
    with run_library(tmp_path_factory.mktemp("library"), Ports(*ports), pam=pam) as library:
        upload_with_s3(library, *SEEDED)
        wait_for_photos(library, {name for name, _, visibility in SEEDED if visibility == "public"})
        yield library


def upload_with_s3(library: Library, *photos: tuple[str, str, str]) -> None:
    """Upload photos to the bucket as an S3 tool would: they belong to the demo user."""
    s3 = library.provisioned.client("s3")
    for index, (name, tags, visibility) in enumerate(photos):
        s3.put_object(
            Bucket=library.provisioned.outputs["OriginalsBucket"],
            Key=name,
            Body=picture(PHONE_SHAPE if index % 3 == 2 else WIDE),
            Metadata={"tags": tags, "status": visibility},
        )


def wait_for_photos(
    library: Library, names: set[str], path: str = "/photos?scope=public&limit=100", token: str = ""
) -> None:
    """Wait until these photos are listed at `path`, by default as public photos."""
    deadline = time.monotonic() + SEED_SECONDS
    while time.monotonic() < deadline:
        if names <= {photo["filename"] for photo in api_request(library, path, token)["items"]}:
            return
        time.sleep(0.2)
    raise AssertionError(f"of {sorted(names)} not all were processed within {SEED_SECONDS:.0f} s")


def api_request(library: Library, path: str, token: str = "", method: str = "GET", body: Any = None) -> Any:
    """Send a request to the API, with a JSON body if any, and return its JSON; without a token it is anonymous."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None
    if body is not None:
        headers["Content-Type"], data = "application/json", json.dumps(body).encode()
    request = Request(library.api_url + path, data=data, headers=headers, method=method)
    with urlopen(request, timeout=10) as response:
        return json.loads(response.read() or "null")


def delete_added_photos(library: Library) -> None:
    """Permanently delete all photos but the first ones: tests expect these on the first page."""
    token, first = library.token(), {name for name, *_ in SEEDED}
    for query in ("", "&state=rejected", "&state=trashed", "&state=duplicate"):
        for photo in api_request(library, f"/photos?limit=100{query}", token)["items"]:
            if photo["filename"] not in first:
                api_request(library, f"/photos/{photo['photo_id']}?permanent=true", token, "DELETE")


def restore_first_photos(library: Library) -> None:
    """Restore what a failed test has left of the first photos in the trash: other tests would fail, too."""
    token, first = library.token(), {name for name, *_ in SEEDED}
    trashed = api_request(library, "/photos?limit=100&state=trashed", token)["items"]
    if photo_ids := [photo["photo_id"] for photo in trashed if photo["filename"] in first]:
        body = {"action": "restore", "photo_ids": photo_ids}
        api_request(library, "/photos/batch", token, "POST", body)


type OwnPhotos = Callable[[int], str]


@pytest.fixture
def own_photos(library: Library, request: pytest.FixtureRequest) -> Iterator[OwnPhotos]:
    """Upload private photos of the demo user, `{tag}-1.jpg` and so on, with a tag unique to the test.

    The tag is returned. The photos are deleted permanently at the end.
    """
    tag = re.sub(r"\W+", "", request.node.name.removeprefix("test_"))[-24:]

    def upload(count: int) -> str:
        names = [f"{tag}-{number}.jpg" for number in range(1, count + 1)]
        upload_with_s3(library, *((name, tag, "private") for name in names))
        wait_for_photos(library, set(names), f"/gallery/articles?tag={tag}", library.token())
        return tag

    yield upload
    delete_added_photos(library)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The installed Chromium, without background traffic."""
    return {
        "executable_path": chromium.find(),
        "args": [
            "--no-sandbox",
            f"--host-resolver-rules=MAP {REBOUND_NAME} {HOST}",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--renderer-process-limit=1",
            # One process draws all pages: starting another for each site takes a third of the time of opening a page.
            "--disable-site-isolation-trials",
            # Chromium draws its own tabs and buttons too: without animations, a quarter of that is saved. Pages ask for
            # reduced motion only if their context does.
            "--animation-duration-scale=0",
            "--force-prefers-reduced-motion",
            # Tests run scripts too briefly for optimized code to make up for its compilation.
            "--js-flags=--no-opt,--no-maglev",
        ],
    }


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> ViewportSize:
    """The viewport: a desktop unless the test is marked `at_both_widths` or `on_a_phone`."""
    size: ViewportSize = getattr(request, "param", DESKTOP)
    return size


@pytest.fixture
def allowed_errors() -> list[str]:
    """Substrings of console errors that the test expects; tests append to it."""
    return []


@pytest.fixture(scope="package")
def shared_pages(browser: Browser, library: Library) -> SharedPages:
    """The pages that tests share."""
    return SharedPages(browser, library.page_url)


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest,
    shared_pages: SharedPages,
    screen: ViewportSize,
    library: Library,
    allowed_errors: list[str],
) -> Iterator[Visitor]:
    """A user of the page, with empty storage; unexpected console errors fail the test."""
    page = shared_pages.get(phone=screen == PHONE)
    urls: set[str] = set()
    failures = request.session.testsfailed
    try:
        with (
            listening(page, "request", lambda request: urls.add(request.url)),
            fail_on_console_errors(page, allowed_errors),
        ):
            yield Visitor(page, library)
        ports = {library.ports.api, library.ports.page, library.ports.services}
        assert {urlsplit(url).netloc for url in urls} <= {""} | {f"{HOST}:{port}" for port in ports}
    finally:
        if request.session.testsfailed > failures:
            page.close()  # the test may have left a pressed key or a dialog: the next one opens another page
            restore_first_photos(library)
        else:
            shared_pages.reset(page)
        if f"{library.api_url}/uploads" in urls:
            delete_added_photos(library)


@pytest.fixture
def empty_cache(visitor: Visitor) -> None:
    """Empty the browser's cache, which keeps what earlier tests have loaded: emptying it before each takes long."""
    devtools(visitor.page).send("Network.clearBrowserCache")


@pytest.fixture(scope="package")
def stored_session(browser: Browser, library: Library) -> str:
    """The stored session of the demo user, from one sign-in with the hosted page."""
    page = browser.new_page()
    visitor = Visitor(page, library)
    visitor.open()
    visitor.sign_in()
    stored: str = page.evaluate("localStorage['tintype.session']")
    page.close()
    return stored


@pytest.fixture
def signed_in(visitor: Visitor, stored_session: str) -> Visitor:
    """The demo user, signed in, with no page open yet."""
    visitor.continue_session(stored_session)
    return visitor


@pytest.fixture
def owner(signed_in: Visitor) -> Visitor:
    """The demo user, signed in, viewing their own photos."""
    signed_in.open()
    expect(signed_in.heading("My photos")).to_be_visible()
    return signed_in


@contextmanager
def fail_on_console_errors(page: Page, allowed_errors: list[str]) -> Iterator[Page]:
    """Collect console errors and uncaught exceptions, and fail on unexpected ones."""
    errors: list[str] = []

    def record(message: ConsoleMessage) -> None:
        ours = not message.location["url"].endswith("/favicon.ico")  # the sign-in's page has none
        if message.type == "error" and ours:
            errors.append(f"{message.text} {message.location['url']}")

    page.set_default_timeout(WAIT_MILLISECONDS)
    with listening(page, "console", record), listening(page, "pageerror", lambda error: errors.append(str(error))):
        yield page
    assert [error for error in errors if not any(part in error for part in allowed_errors)] == []
