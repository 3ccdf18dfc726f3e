"""The doors over HTTP: what was sent, checked field by field, then handed to `uploads`."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from chalicelib.container import Library
from chalicelib.errors import Invalid, NotFound, TooLarge
from chalicelib.http import multipart, validation
from chalicelib.http.requests import Answer, Call, said
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import DEFAULT_WEIGHT, clean_visibility, clean_weight
from chalicelib.routes import serializers

# What is left of Lambda's 6 MB request once the gateway has made Base64 of it.
MAX_THROUGH_LAMBDA = 4_500_000
ORIGINALS = "originals"
TICKET_FIELDS = ("filename", "bytes", "sha256", "tags", "label", "weight", "status")
FORM_FIELDS = frozenset({"label", "weight", "tags", "status"})


def open_ticket(call: Call, library: Library) -> Answer:
    """`POST /uploads`: 201 with the form to send, or 200 with the photo that has these bytes already."""
    owner = call.owner
    call.only()
    body = call.json(*TICKET_FIELDS)
    filename, size, digest = validation.filename(body), body.get("bytes"), body.get("sha256")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool)):
        raise Invalid("bytes must be a whole number.", field="bytes")
    if digest is not None and not _is_sha256(digest):
        raise Invalid("sha256 must be 64 hexadecimal digits.", field="sha256")
    said_of_it = _said(filename, body, validation.weight)
    if digest and (holder := library.photos.claim_holder(owner, digest.lower())):
        return said({"duplicate_of": holder})
    return said(serializers.ticket(library.uploads.create_ticket(owner, said_of_it, size)), status=201)


def open_address(call: Call, library: Library) -> dict[str, str]:
    """`PUT /upload`: a URL to PUT one original to, as the Photo Asset Manager's client asks for it."""
    owner = call.owner
    call.only()
    filename = validation.filename(call.json("file_name"), "file_name")
    return {"url": library.uploads.create_upload_url(owner, UploadMetadata(filename))}


def put(call: Call, library: Library, bucket: str, filename: str) -> dict[str, str]:
    """`PUT /{bucket}/{filename}`: an original as the body, whatever type it is said to be."""
    owner = call.owner
    call.only()
    if unquote(bucket) not in {ORIGINALS, library.settings.originals_bucket}:
        raise NotFound("There is no such bucket here; the one for originals is called `originals`.")
    name = validation.filename({"filename": unquote(filename)})
    _check_size(call.body)
    if not call.body:
        raise Invalid("The body is empty; it must be the photo itself.", code="empty_body")
    return {"photo_id": library.uploads.store_original(owner, UploadMetadata(name), call.body).photo_id}


def upload(call: Call, library: Library) -> dict[str, Any]:
    """`POST /upload`: an original in a multipart form."""
    owner = call.owner
    call.only()
    _check_size(call.body)
    form = multipart.read(call.body, call.headers.get("content-type", ""), fields=FORM_FIELDS, file="img")
    if "label" not in form.fields:
        raise Invalid("label is required.", field="label")
    told: dict[str, Any] = {name: value for name, value in form.fields.items() if value.strip()}
    if "tags" in told:
        told["tags"] = [word for word in told["tags"].split(",") if word.strip()]
    photo = library.uploads.store_original(owner, _said(form.filename, told, clean_weight), form.file)
    return {"message": "Image uploaded successfully", "photo_id": photo.photo_id}


def _check_size(body: bytes) -> None:
    if len(body) > MAX_THROUGH_LAMBDA:
        raise TooLarge(
            f"This door carries at most {MAX_THROUGH_LAMBDA:,} bytes; a ticket carries more.", limit=MAX_THROUGH_LAMBDA
        )


def _said(filename: str, told: Mapping[str, Any], read_weight: Callable[[Any], int]) -> UploadMetadata:
    """What was said of the photo, cleaned; raises Invalid naming the field. Null means not said."""
    tags, label, weight, status = (told.get(name) for name in ("tags", "label", "weight", "status"))
    return UploadMetadata(
        filename=filename,
        user_tags=() if tags is None else validation.tags(tags),
        label=None if label is None else validation.label(label) or None,
        weight=DEFAULT_WEIGHT if weight is None else read_weight(weight),
        visibility=None if status is None else clean_visibility(status),
    )


def _is_sha256(digest: object) -> bool:
    return isinstance(digest, str) and len(digest) == 64 and all(c in "0123456789abcdefABCDEF" for c in digest)
