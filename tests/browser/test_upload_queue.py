"""Putting photos in over a line that goes, comes back, or leads nowhere; and leaving while it is in use."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Request, Route, expect

from tests.browser.conftest import ask
from tests.browser.photos import picture
from tests.browser.viewports import at_both_widths
from tests.browser.visitor import Visitor, slow

pytestmark = pytest.mark.browser

JPEG = "image/jpeg"
# Bytes a second at which a picture of `LARGE` is under way long enough to be interrupted.
SLOWLY = 150_000
LARGE = (1000, 900)


@at_both_widths
def test_uploads_wait_while_there_is_no_connection_and_go_on_by_themselves(
    owner: Visitor, tolerated: list[str], request: pytest.FixtureRequest
) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED"]
    under_way: list[Route] = []
    posts_to_the_bucket(owner, lambda route: under_way.append(route))
    names = [f"{request.node.callspec.id}-{number}.jpg" for number in range(6)]
    owner.chooses(*((name, JPEG, picture()) for name in names))
    owner.adds(6)
    expect(owner.uploads.locator("[data-stage=sending]")).to_have_count(4)
    # Of one, all bytes arrive, and only the answer is lost.
    under_way[0].fetch()
    owner.page.context.set_offline(True)
    for route in under_way:
        route.abort("internetdisconnected")
    expect(owner.uploads.get_by_role("heading", name="Waiting for connection")).to_be_visible()
    for name in names:
        expect(owner.upload(name)).to_contain_text("Waiting for connection")
    assert owner.complaints("uploads offline") == {}
    owner.page.unroute_all()
    owner.page.context.set_offline(False)
    expect(owner.page.get_by_role("heading", name="6 photos in your library")).to_be_visible(timeout=30_000)
    mine = [photo["filename"] for photo in ask(owner.library, "/photos?limit=100", owner.library.token())["items"]]
    assert sorted(name for name in mine if name in names) == names


def test_a_ticket_that_ran_out_is_replaced_by_itself(owner: Visitor, tolerated: list[str]) -> None:
    tolerated.append("status of 403")
    asked: list[str] = []

    def heard(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/uploads"):
            asked.append(request.url)

    owner.page.on("request", heard)
    refusals = iter(range(1))

    def expired(route: Route) -> None:
        if next(refusals, None) is None:
            route.fallback()
        else:
            body = "<Error><Code>AccessDenied</Code><Message>Policy expired.</Message></Error>"
            route.fulfill(status=403, body=body, headers={"Access-Control-Allow-Origin": "*"})

    posts_to_the_bucket(owner, expired)
    owner.chooses(("late.jpg", JPEG, picture()))
    owner.adds(1)
    expect(owner.upload("late.jpg")).to_contain_text("In your library")
    assert len(asked) == 2


def test_leaving_warns_while_bytes_are_under_way_and_not_after(owner: Visitor) -> None:
    slow(owner.page, SLOWLY)
    owner.chooses(("leaving.jpg", JPEG, picture(LARGE, grain=True)))
    owner.adds(1)
    expect(owner.upload("leaving.jpg")).to_contain_text(re.compile(r"Uploading [1-9]"))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    owner.page.on("dialog", stay)
    with owner.page.expect_event("dialog"):
        owner.page.close(run_before_unload=True)
    with owner.page.expect_event("dialog"):
        owner.page.evaluate("setTimeout(() => location.reload())")
    assert asked == ["beforeunload", "beforeunload"]
    expect(owner.upload("leaving.jpg")).to_contain_text(re.compile("Uploading"))
    slow(owner.page, -1)
    expect(owner.upload("leaving.jpg")).to_contain_text(re.compile("Processing…|In your library"))
    owner.opens()
    expect(owner.uploads).to_have_count(0)
    assert len(asked) == 2


def posts_to_the_bucket(owner: Visitor, meet: Callable[[Route], None]) -> None:
    """Lets the test deal with what the page puts into the bucket."""
    owner.page.route(
        re.compile(rf":{owner.library.ports.services}/"),
        lambda route: meet(route) if route.request.method == "POST" else route.fallback(),
    )
