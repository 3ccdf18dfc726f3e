"""Every error of shared links, by route."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.errors import Conflict
from chalicelib.sharing.models import Share
from tests.app.conftest import OWNER, Tintype, id_of
from tests.app.links import PASSWORD, Link, create_album, drop, share_album
from tests.fakes.shares import MemoryShareStore
from tests.support.images.tiny import encode_image

type Errors = Iterator[tuple[str, HTTPResponse]]

ALBUM_SHARES = "/albums/{album_id}/shares"
UPLOAD: Mapping[str, Any] = {"name": "Grandma", "filename": "a.jpg", "bytes": 1}
# What guests may read of a link, and of one of its photos.
GUEST_PATHS = (
    *("", "/photos", "/photos/{photo_id}", "/photos/{photo_id}/{variant}"),
    *("/uploads/{photo_id}", "/bundles/{bundle_id}"),
)


def share_errors(tintype: Tintype) -> Errors:
    """The errors of links that have the common ones besides."""
    photo_id = drop(tintype, "shared.jpg", encode_image(size=(90, 60)))
    album_id = create_album(tintype, photo_id)
    with pytest.MonkeyPatch.context() as patch:
        yield from _owner_errors(tintype, album_id, patch)
        yield from _guest_errors(tintype, album_id, patch)


def _owner_errors(tintype: Tintype, album_id: str, patch: pytest.MonkeyPatch) -> Errors:
    path, create, update = f"/albums/{album_id}/shares", f"POST {ALBUM_SHARES}", "PATCH /shares/{share}"
    yield create, tintype.call("POST", path, as_=OWNER, body=b"{")
    smart = create_album(tintype, query={"tag": ["beach"]})
    yield create, tintype.call("POST", f"/albums/{smart}/shares", as_=OWNER, body={})
    link = share_album(tintype, album_id)
    change: Any = {"as_": OWNER, "body": {"name": "b"}}
    yield update, tintype.call("PATCH", f"/shares/{link.share_id}", **change, headers={"If-Match": "9"})
    service, store = tintype.container.shares, BusyShareStore(lambda _: True)
    stored = service.get(id_of(OWNER), link.share_id)
    store.shares[stored.share_id] = stored
    patch.setitem(tintype.container.__dict__, "shares", replace(service, shares=store))
    yield update, tintype.call("PATCH", f"/shares/{link.share_id}", **change)
    yield create, tintype.call("POST", path, as_=OWNER, body={})
    body = {"photo_ids": [tintype.get(f"/albums/{album_id}/photos", as_=OWNER)["items"][0]["photo_id"]]}
    yield "POST /shares", tintype.call("POST", "/shares", as_=OWNER, body=body)
    patch.setitem(tintype.container.__dict__, "shares", service)


def _guest_errors(tintype: Tintype, album_id: str, patch: pytest.MonkeyPatch) -> Errors:
    expired = share_album(tintype, album_id)
    expired.expire()
    for link in (expired, share_album(tintype, album_id, password=PASSWORD)):
        for path in GUEST_PATHS:
            yield f"GET /shares/{{share}}{path}", link.call("GET", path.replace("{", "").replace("}", ""))
        yield "POST /shares/{share}/uploads", link.call("POST", "/uploads", body=UPLOAD)
        yield "POST /shares/{share}/bundles", link.call("POST", "/bundles")
        yield "POST /shares/{share}/pass", link.enter("wrong password")
        yield "GET /shares/{share}/cover", link.call("GET", "/cover")
    link = share_album(tintype, album_id, add=True, max_photos=1)
    for path in ("/photos/{photo_id}", "/photos/{photo_id}/{variant}", "/uploads/{photo_id}"):
        yield f"GET /shares/{{share}}{path}", link.call("GET", path.replace("{", "").replace("}", ""))
    yield "POST /shares/{share}/uploads", link.call("POST", "/uploads", body=b"{")
    link.call("POST", "/uploads", body=UPLOAD)
    yield "POST /shares/{share}/uploads", link.call("POST", "/uploads", body=UPLOAD)
    yield from _bundle_errors(tintype, link, patch)


def _bundle_errors(tintype: Tintype, link: Link, patch: pytest.MonkeyPatch) -> Errors:
    bundles = tintype.container.guest_bundles
    selector = replace(bundles.selector, max_photos=0)
    patch.setitem(tintype.container.__dict__, "guest_bundles", replace(bundles, selector=selector))
    yield "POST /shares/{share}/bundles", link.call("POST", "/bundles")
    patch.setitem(tintype.container.__dict__, "guest_bundles", bundles)
    patch.setattr(type(bundles.bundles.store), "has_room", lambda *_: False)
    yield "POST /shares/{share}/bundles", link.call("POST", "/bundles")


class BusyShareStore(MemoryShareStore):
    """A store of shares in which every change conflicts."""

    def add(self, share: Share) -> None:
        raise Conflict("There are too many shared links.")

    def save(self, before: Share, after: Share) -> Share:
        raise Conflict("The share has changed.")
