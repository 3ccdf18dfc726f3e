import pytest

from tests.app.conftest import OWNER, Tintype
from tests.support.images.tiny import encode_image


@pytest.mark.parametrize(
    ("path", "cache_control"),
    [
        ("/gallery/trending", "public, max-age=0, s-maxage=300"),
        ("/gallery/articles?tag=beach", "public, max-age=0, s-maxage=60"),
        ("/gallery/tags", "public, max-age=0, s-maxage=60"),
        ("/photos", "public, max-age=0, s-maxage=60"),
        ("/photos/{id}", "public, max-age=0, s-maxage=60"),
        ("/thumbnails", "public, max-age=0, s-maxage=60"),
        ("/thumbnails/{id}", "public, max-age=0, s-maxage=60"),
    ],
)
def test_anonymous_responses_are_cacheable_and_return_304(tintype: Tintype, path: str, cache_control: str) -> None:
    path = path.replace("{id}", tintype.publish("a.jpg", encode_image()))
    first = tintype.call("GET", path)
    assert first.headers["Cache-Control"] == cache_control
    assert first.headers["Vary"] == "Authorization, Accept"
    etag = first.headers["ETag"]
    for header in (etag, f'"other", W/{etag}', "*"):
        cached = tintype.call("GET", path, headers={"If-None-Match": header})
        assert (cached.status_code, cached.body, cached.headers["ETag"]) == (304, b"", etag)
    assert tintype.call("GET", path, headers={"If-None-Match": '"other"'}).status_code == 200
    signed_in = tintype.call("GET", path, as_=OWNER, headers={"If-None-Match": "none"})
    assert signed_in.headers["Cache-Control"].startswith("private")


def test_changed_response_has_another_etag(tintype: Tintype) -> None:
    tintype.publish("a.jpg", encode_image())
    first = tintype.call("GET", "/photos").headers["ETag"]
    tintype.publish("b.jpg", encode_image("navy"))
    assert tintype.call("GET", "/photos", headers={"If-None-Match": first}).status_code == 200


def test_errors_are_not_cacheable(tintype: Tintype) -> None:
    assert tintype.call("GET", "/photos/x").headers["Cache-Control"] == "private, no-store"


def test_image_urls_stay_the_same_within_a_window(tintype: Tintype) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image())
    assert tintype.get(f"/photos/{photo_id}")["image_url"] == tintype.get(f"/photos/{photo_id}")["image_url"]
