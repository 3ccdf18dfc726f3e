"""Taking away over HTTP: bundles ordered, watched, ended, and the links to their volumes."""

from typing import Any

from chalicelib.bundles.models import Bundle
from chalicelib.bundles.service import BundleRequest
from chalicelib.container import Library
from chalicelib.errors import Invalid
from chalicelib.http import validation
from chalicelib.http.requests import Answer, Call, done, pointed, said
from chalicelib.library.search import Match
from chalicelib.routes import serializers

MAX_TAGS_TAKEN = 100


def order(call: Call, library: Library) -> Answer:
    """`POST /bundles`: 202 with how much there is to take away."""
    owner = call.owner
    call.only()
    body = call.json("tags", "match", "photo_ids", "notify")
    tags = validation.words(body.get("tags", []), "tags", at_most=MAX_TAGS_TAKEN)
    photo_ids = validation.ids(body.get("photo_ids", []), at_most=library.settings.bundle_photos)
    if not tags and not photo_ids:
        raise Invalid("Say what to take away: tags, or photo_ids.", field="tags")
    match, notify = body.get("match", "any"), body.get("notify", False)
    if match not in ("any", "all"):
        raise Invalid("match must be any or all.", field="match")
    if not isinstance(notify, bool):
        raise Invalid("notify must be true or false.", field="notify")
    return _ordered(library, owner, BundleRequest(tags, Match(match), photo_ids, notify))


def download(call: Call, library: Library) -> Answer:
    """`POST /download`, as the Photo Asset Manager's client asks for it: a message comes when all is ready."""
    owner = call.owner
    call.only()
    labels = validation.words(call.json("labels").get("labels"), "labels", at_most=MAX_TAGS_TAKEN)
    if not labels:
        raise Invalid("labels must name at least one label.", field="labels")
    return _ordered(library, owner, BundleRequest(labels, notify=True))


def bundles(call: Call, library: Library) -> dict[str, Any]:
    """`GET /bundles`: the caller's own, the newest first."""
    owner = call.owner
    call.only()
    return {"items": [_told(library, bundle) for bundle in library.packing.list_by_owner(owner)]}


def bundle(call: Call, library: Library, bundle_id: str) -> dict[str, Any]:
    """`GET /bundles/{bundle_id}`."""
    owner = call.owner
    call.only()
    return _told(library, library.packing.get(owner, bundle_id))


def cancel(call: Call, library: Library, bundle_id: str) -> Answer:
    """`DELETE /bundles/{bundle_id}`: also while it is built."""
    owner = call.owner
    call.only()
    library.packing.delete(owner, bundle_id)
    return done()


def follow(call: Call, library: Library, token: str) -> Answer:
    """`GET /d/{token}`: to a volume, for whoever has the link."""
    call.only()
    return pointed(library.packing.resolve_link(token))


def _ordered(library: Library, owner: str, wanted: BundleRequest) -> Answer:
    bundle = library.packing.create(owner, wanted)
    state = bundle.state(library.packing.now())
    body = {"bundle_id": bundle.bundle_id, "state": state, "photos": bundle.photos, "bytes": bundle.bytes}
    return said(body, status=202)


def _told(library: Library, bundle: Bundle) -> dict[str, Any]:
    return serializers.bundle(bundle, library.packing.now(), library.packing.volume_link)
