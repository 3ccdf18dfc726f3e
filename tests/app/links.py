"""Albums and shared links through the app, for tests of owners and of guests."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from chalice.test import HTTPResponse

from tests.app.conftest import OWNER, Tintype

PASSWORD = "open sesame"


def drop(tintype: Tintype, key: str, data: bytes, **metadata: str) -> str:
    """Drop a photo of the library owner, private unless the metadata say otherwise; returns its id."""
    tintype.drop(key, data, **metadata)
    return next(str(p["photo_id"]) for p in photos_of_owner(tintype) if p["processing"]["event"]["key"] == key)


def photos_of_owner(tintype: Tintype) -> list[Any]:
    """All ready photos of the library owner."""
    items: list[Any] = tintype.get("/photos", as_=OWNER, limit=100)["items"]
    return items


def create_album(tintype: Tintype, *photo_ids: str, as_: str = OWNER, **fields: Any) -> str:
    """A new album with these photos; returns its id."""
    body = {"title": "Summer in Cascais", **fields} | ({"photo_ids": list(photo_ids)} if photo_ids else {})
    response = tintype.call("POST", "/albums", as_=as_, body=body)
    assert response.status_code == 201, response.body
    return str(response.json_body["album_id"])


@dataclass
class Link:
    """A shared link, and requests of its guests."""

    tintype: Tintype
    share: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Its token."""
        return str(self.share["token"])

    @property
    def share_id(self) -> str:
        """Its id."""
        return str(self.share["share_id"])

    def call(self, method: str, path: str = "", *, body: Any = None, **query: Any) -> HTTPResponse:
        """A request of a guest below `/shares/{share}`."""
        url = f"/shares/{self.token}{path}"
        return self.tintype.call(method, url, body=body, headers=self.headers, query=query)

    def get(self, path: str = "", **query: Any) -> Any:
        """The JSON of a GET, which must succeed."""
        response = self.call("GET", path, **query)
        assert response.status_code == 200, response.body
        return response.json_body

    def ids(self, **query: Any) -> list[str]:
        """The ids of the photos on one page."""
        return [photo["photo_id"] for photo in self.get("/photos", **query)["items"]]

    def update(self, as_: str = OWNER, **terms: Any) -> HTTPResponse:
        """Change its terms."""
        return self.tintype.call("PATCH", f"/shares/{self.share_id}", as_=as_, body=terms)

    def expire(self) -> None:
        """Let it have ended an hour ago."""
        store = self.tintype.container.share_store
        share = store.get(self.share_id)
        assert share is not None
        ended = replace(share.terms, expires_at=self.tintype.container.now() - timedelta(hours=1))
        store.save(share, replace(share, terms=ended))

    def enter(self, password: str = PASSWORD) -> HTTPResponse:
        """Enter a password; the next requests have the pass."""
        response = self.call("POST", "/pass", body={"password": password})
        if response.status_code == 200:
            self.headers = {"X-Share-Pass": response.json_body["pass"]}
        return response


def share_album(tintype: Tintype, album_id: str, as_: str = OWNER, **terms: Any) -> Link:
    """A new link to an album."""
    response = tintype.call("POST", f"/albums/{album_id}/shares", as_=as_, body=terms)
    assert response.status_code == 201, response.body
    return Link(tintype, response.json_body)


def share_photos(tintype: Tintype, *photo_ids: str, as_: str = OWNER, **terms: Any) -> Link:
    """A new link to some photos."""
    response = tintype.call("POST", "/shares", as_=as_, body={"photo_ids": list(photo_ids), **terms})
    assert response.status_code == 201, response.body
    return Link(tintype, response.json_body)


def text_of(response: HTTPResponse) -> str:
    """All that a response says: headers and body."""
    return json.dumps(dict(response.headers)) + response.body.decode("latin-1")
