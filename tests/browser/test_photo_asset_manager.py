"""The Photo Asset Manager's client, on its own origin: sign-in, upload, labels, download, message, sign-out.

The page sends what that client sends, whose code belongs to another project.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from infrastructure import pam
from local.library import Library
from local.ports import HOST
from local.site.inbox import Message, fetch_messages
from local.users import USERS
from tests.browser.conftest import api_request
from tests.browser.page_server import serve_page
from tests.browser.photos import picture

CLIENT = (Path(__file__).parent / "pam_client.html").read_text()
USER = USERS["second"]
DEADLINE_SECONDS = 60.0


@pytest.fixture(scope="module")
def client_port(library: Library) -> Iterator[int]:
    """The port of the client's page, which is served on every name of this machine."""
    variables = pam.environment(
        library.provisioned.pam_url,
        library.provisioned.outputs["PamClientId"],
        api_url=library.api_url,
        sign_in_url=library.provisioned.services.endpoint,
    )
    port = int(library.provisioned.pam_url.rpartition(":")[2])
    with serve_page(CLIENT.replace("VARIABLES", json.dumps(variables)), port) as client_port:
        yield client_port


@pytest.fixture
def client(client_port: int, library: Library, browser: Browser) -> Iterator[Page]:
    """The client, open and signed out; the user's photos and subscriptions are deleted at the end."""
    page = browser.new_page()
    page.goto(f"http://localhost:{client_port}")
    yield page
    page.close()
    token = library.token("second")
    for photo in api_request(library, "/photos", token)["items"]:
        api_request(library, f"/photos/{photo['photo_id']}?permanent=true", token, "DELETE")
    api_request(library, "/me/notifications", token, "DELETE")


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Sign in").click()
    page.locator("[name=username]").fill(USER.email)
    page.locator("[name=password]").fill(USER.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#user")).to_have_text(f"Signed in as {USER.email}")


def press(page: Page, name: str, result: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("status")).to_have_text(result)


def upload(page: Page, result: str) -> None:
    page.get_by_label("File").set_input_files(FilePayload(name="bay.jpg", mimeType="image/jpeg", buffer=picture()))
    press(page, "Upload", result)


def wait_for_labels(page: Page) -> None:
    """Press Refresh, as a person would, until a label appears."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while page.locator("#labels li").count() == 0 and time.monotonic() < deadline:
        press(page, "Refresh", re.compile(r"\d+ labels"))
    expect(page.locator("#labels li").first).to_have_text(re.compile(r"\(1\)$"))


def wait_for_message(library: Library, subject: str) -> Message:
    """The newest message to the user with this in its subject."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        for message in fetch_messages(library.provisioned.services):
            if message.to == USER.email and subject in message.subject:
                return message
        time.sleep(0.1)
    raise AssertionError(f"no message with {subject!r} within {DEADLINE_SECONDS:.0f} s")


def test_client_signs_in_uploads_and_is_sent_a_message_once_the_address_is_confirmed(
    client: Page, library: Library
) -> None:
    sign_in(client)
    assert client.url.startswith(library.provisioned.pam_url + "/#")
    upload(client, "Uploaded: 200")
    wait_for_labels(client)
    press(client, "Download", "Download: 202")
    confirmation = wait_for_message(library, "Subscription Confirmation")
    token = library.token("second")
    deadline = time.monotonic() + DEADLINE_SECONDS
    while api_request(library, "/bundles", token)["items"][0]["state"] != "ready":
        assert time.monotonic() < deadline, "the bundle is not ready"
        time.sleep(0.1)
    (link,) = re.findall(r"http\S+", confirmation.text)
    client.goto(link)
    expect(client.get_by_role("heading", name="Subscription confirmed")).to_be_visible()
    message = wait_for_message(library, "Your photos are ready")
    zip_url = re.search(r"http\S+", message.text)
    assert zip_url
    with urlopen(zip_url[0], timeout=30) as response:
        assert response.read(4) == b"PK\x03\x04"


def test_client_signs_out_to_its_own_page(client: Page, client_port: int) -> None:
    sign_in(client)
    client.get_by_role("button", name="Sign out").click()
    expect(client.locator("#user")).to_have_text("Signed out")
    assert client.url == f"http://localhost:{client_port}/"


def test_page_of_another_origin_cannot_upload_or_sign_in(client: Page, client_port: int, library: Library) -> None:
    sign_in(client)
    fragment = client.url.partition("#")[2]
    client.goto(f"http://{HOST}:{client_port}/#{fragment}")  # the same page with the same token, not PAM's origin
    expect(client.locator("#user")).to_have_text(f"Signed in as {USER.email}")
    press(client, "Refresh", "0 labels")
    upload(client, "Failed: Failed to fetch")  # S3 refuses the preflight
    assert api_request(library, "/photos", library.token("second"))["items"] == []
    url = client.get_by_role("link", name="Sign in").get_attribute("href") or ""
    response = client.goto(url.replace("localhost", HOST))
    assert response
    assert (response.status, "not allowed" in response.text()) == (400, True)
