"""The map of the user's photos: outlines from the library itself, clusters, and the photos of a cluster."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.test_accessibility import overflows, too_small
from tests.browser.viewports import on_a_phone_and_proof_on_a_desktop
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CORS = {"Access-Control-Allow-Origin": "*"}
LISBON, PORTO, SUVA = (38.72, -9.14), (41.15, -8.61), (-18.14, 178.44)
UNTIL_DRAWN = """async canvas => {
    const isDrawn = () => canvas.width > 0 && canvas.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height).data.some((value, index) => index % 4 === 3 && value > 0);
    while (!isDrawn()) await new Promise(requestAnimationFrame);
}"""


def cluster(latitude: float, longitude: float, count: int) -> dict[str, object]:
    """A cluster as the API returns it, without a cover."""
    bounds = [latitude - 0.05, longitude - 0.05, latitude + 0.05, longitude + 0.05]
    where = {"latitude": latitude, "longitude": longitude, "bounds": bounds}
    return {**where, "count": count, "photo_id": f"p{count}", "cover_image": None}


def fulfill_map(route: Route) -> None:
    """Fulfill a request with the clusters of three cities."""
    clusters = [cluster(*LISBON, 40), cluster(*PORTO, 30), cluster(*SUVA, 2)]
    route.fulfill(json={"level": 3, "clusters": clusters}, headers=CORS)


def open_map(visitor: Visitor) -> Locator:
    """Open the map from the timeline; return it once its outlines are drawn."""
    visitor.page.route("**/photos/map?*", fulfill_map)
    visitor.page.get_by_role("link", name="Map", exact=True).click()
    expect(visitor.heading("Map")).to_be_visible()
    found = visitor.page.get_by_role("application", name="Map of your photos")
    expect(found.get_by_role("button", name="70 photos: zoom in")).to_be_visible()
    found.locator("canvas").evaluate(UNTIL_DRAWN)
    return found


@on_a_phone_and_proof_on_a_desktop
def test_clusters_zoom_in_and_then_open_their_photos(owner: Visitor) -> None:
    found, page = open_map(owner), owner.page
    assert owner.axe_violations("map") == {}
    assert too_small(page.locator(".map-controls")) + too_small(page.locator(".page-nav")) == []
    assert overflows(page) == 0
    found.get_by_role("button", name="70 photos: zoom in").click()
    expect(found.get_by_role("button", name="30 photos: zoom in")).to_be_visible()
    expect(page).to_have_url(re.compile("bounds=.*view=map"))
    found.get_by_role("button", name="40 photos: zoom in").click()
    with page.expect_request(re.compile(r"/photos\?.*bounds=")) as request:
        found.get_by_role("button", name="Show 40 photos").click()
    bounds = [float(number) for number in parse_qs(urlsplit(request.value.url).query)["bounds"][0].split(",")]
    assert bounds == pytest.approx([38.67, -9.19, 38.77, -9.09])
    expect(page).to_have_url(re.compile("bounds="))

    page.go_back()
    expect(found.get_by_role("button", name="Show 40 photos")).to_be_visible()
    page.reload()
    expect(found.get_by_role("button", name="Show 40 photos")).to_be_visible()
    expect(page.get_by_role("link", name="Map", exact=True)).to_be_in_viewport(ratio=1)


def test_map_moves_by_keys_wheel_and_drag(owner: Visitor) -> None:
    found, page = open_map(owner), owner.page
    portugal = found.get_by_role("button", name="70 photos: zoom in")
    expect(found.get_by_role("button", name="2 photos: zoom in")).to_have_count(1)
    found.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(found.get_by_role("button", name="2 photos: zoom in")).to_have_count(0)
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(found.get_by_role("button", name="2 photos: zoom in")).to_have_count(1)

    before = portugal.bounding_box() or pytest.fail("no marker")
    # The drag begins on the marker and is no click on it.
    page.mouse.move(before["x"] + 20, before["y"] + 20)
    page.mouse.down()
    page.mouse.move(before["x"] + 120, before["y"] + 20, steps=4)
    page.mouse.up()
    after = portugal.bounding_box() or pytest.fail("no marker")
    assert after["x"] == pytest.approx(before["x"] + 100, abs=2)
    page.mouse.wheel(0, -1200)
    expect(found.get_by_role("button", name="30 photos: zoom in")).to_be_visible()


def test_map_without_photos_says_so(owner: Visitor) -> None:
    owner.page.route("**/photos/map?*", lambda route: route.fulfill(json={"level": 1, "clusters": []}, headers=CORS))
    owner.page.get_by_role("link", name="Map", exact=True).click()
    expect(owner.page.get_by_role("heading", name="No photos with a position yet")).to_be_visible()
