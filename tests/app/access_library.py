"""A library with an album, its people and its shared links, whom the matrix of access sends to every route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import pytest
from chalice.test import HTTPResponse
from PIL.ExifTags import GPS, IFD, Base
from PIL.Image import Exif

from chalicelib.openapi.document import document
from tests.app.conftest import OWNER, Tintype, id_of
from tests.app.links import PASSWORD, create_album, drop, share_album
from tests.fakes.members import MemoryUsers
from tests.support.images.tiny import encode_image
from tests.support.multipart import TYPE, form

MEMBERS = {"viewer": "viewer", "contributor": "contributor"}
PEOPLE = ("other", *MEMBERS)
NAMES = {"owner": OWNER} | {name: name for name in PEOPLE}
# The terms of each link.
LINKS: Mapping[str, Mapping[str, Any]] = {
    "look": {"download": "none"},
    "download": {"download": "original"},
    "add": {"add": True, "review": True},
    "locked": {"download": "original", "add": True, "password": PASSWORD},
    "expired": {"download": "original", "add": True},
}
ROUTES = sorted(f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods)
NEW_IMAGE = encode_image(size=(44, 30))
UPLOAD_FORM = form(("label", None, b"cat"), ("img", "cat.jpg", NEW_IMAGE))


def secret_image() -> bytes:
    """A photo whose file names position, camera, lens and serial number."""
    exif = Exif()
    exif[Base.Make], exif[Base.Model] = "Hasselblad", "Hasselblad X2D"
    exif.get_ifd(IFD.Exif).update(
        {Base.LensModel: "XCD 55V", Base.BodySerialNumber: "SN-4711", Base.ISOSpeedRatings: 400}
    )
    position: dict[int, Any] = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (41.0, 24.0, 12.2)}
    position |= {GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (2.0, 10.0, 26.5)}
    exif.get_ifd(IFD.GPSInfo).update(position)
    return encode_image(size=(800, 600), exif=exif)


@dataclass(frozen=True)
class Call:
    """A request that every caller may send to a route; `path` has the parameters that differ from the usual ones."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


class AccessLibrary:
    """The library. Each request meets it as it was built."""

    def __init__(self, tintype: Tintype, patch: pytest.MonkeyPatch) -> None:
        self.tintype = tintype
        users = MemoryUsers({id_of(name): f"{name}@example.org" for name in NAMES.values()})
        patch.setitem(tintype.container.__dict__, "users", users)
        for name in NAMES.values():
            tintype.tokens[name] = tintype.identity.token(name, email_verified=True)
        patch.delitem(tintype.container.__dict__, "members", raising=False)
        self.inside = drop(tintype, "secret folder/bay.jpg", secret_image(), tags="beach,secret-tag")
        self.outside = drop(tintype, "elsewhere.jpg", encode_image(size=(41, 30)), tags="beach")
        self.public = drop(tintype, "public.jpg", encode_image(size=(42, 30)), tags="beach", status="public")
        self.trashed = drop(tintype, "trashed.jpg", encode_image(size=(43, 30)))
        self.sha256 = tintype.get(f"/photos/{self.inside}", as_=OWNER)["sha256"]
        self.album = create_album(tintype, self.inside)
        self.other_album = create_album(tintype, self.inside, self.outside, title="Not for others")
        self.links = {name: share_album(tintype, self.album, **terms) for name, terms in LINKS.items()}
        self._send("PATCH", f"/photos/{self.inside}", {"place": "Cascais-secret", "favorite": True, "rating": 4})
        self._send("DELETE", f"/photos/{self.trashed}", expected=204)
        for name, role in MEMBERS.items():
            body = {"email": f"{name}@example.org", "role": role}
            self._send("POST", f"/albums/{self.album}/members", body, expected=201)
        self.key = self._send("POST", "/keys", {"name": "none", "can": ["upload"]}, expected=201)
        self.bundle = self._send("POST", "/bundles", {"photo_ids": [self.inside]}, expected=202)["bundle_id"]
        self.guest_bundle = self.links["add"].call("POST", "/bundles").json_body["bundle_id"]
        tintype.build_volumes()
        self.volume = tintype.get(f"/bundles/{self.bundle}", as_=OWNER)["volumes"][0]["url"].rpartition("/")[2]
        ticket = self.links["add"].call("POST", "/uploads", body={"name": "Gast", "filename": "a.jpg", "bytes": 900})
        assert ticket.status_code == 201, ticket.body
        self.upload = ticket.json_body["photo_id"]
        self.links["expired"].expire()
        self._saved = tintype.tables.save()

    def call(
        self, row: str, call: Call, *, share: str = "", as_: str | None = None, token: str | None = None
    ) -> HTTPResponse:
        """Send the request of a row, `METHOD /path` and maybe a case; what it changes is undone."""
        method, path = row.split()[:2]
        for name, value in {**self.path_values, "share": share, **call.path}.items():
            path = path.replace(f"{{{name}}}", value)
        headers = {"Content-Type": TYPE} if call.body is UPLOAD_FORM else {}
        sent = {"query": call.query, "body": call.body, "headers": headers}
        response = self.tintype.call(method, path, as_=as_, token=token, **sent)
        if method != "GET" and response.status_code < 300:
            self.tintype.tables.restore(self._saved)
        return response

    def read_object(self, url: str) -> bytes:
        """The object at a signed URL."""
        bucket, _, key = unquote(url.split("?")[0].removeprefix("https://s3.amazonaws.com/")).partition("/")
        data: bytes = self.tintype.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return data

    @cached_property
    def path_values(self) -> dict[str, str]:
        """The values of all path parameters but `share`: things of the owner."""
        return {
            "photo_id": self.inside,
            "variant": "preview",
            "album_id": self.album,
            "member_id": id_of("viewer"),
            "bundle_id": self.bundle,
            "key_id": self.key["key_id"],
            "token": self.volume,
            "bucket": "originals",
            "filename": "new.jpg",
        }

    def _send(self, method: str, path: str, body: Any = None, *, expected: int = 200) -> Any:
        response = self.tintype.call(method, path, as_=OWNER, body=body)
        assert response.status_code == expected, response.body
        return response.json_body if response.body else None
