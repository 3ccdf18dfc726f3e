"""Uploads: tickets and presigned URLs for S3, and small files through the API itself."""

from typing import Any
from urllib.parse import unquote

from chalicelib.accounts.identity import Permission
from chalicelib.container import Container
from chalicelib.errors import Invalid, NotFound, TooLarge
from chalicelib.http import multipart, validation
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, json_response
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import clean_weight
from chalicelib.library.positions import check_positions_stored
from chalicelib.routes import serializers
from chalicelib.routes.upload_fields import IMPORT_FIELDS, TICKET_FIELDS, read_metadata, read_ticket_metadata

# Lambda accepts 6 MB, and API Gateway encodes the body as base64.
MAX_BODY_BYTES = 4_500_000
ORIGINALS = "originals"
MAX_DIGESTS = 100
FORM_FIELDS = frozenset({"label", "weight", "tags", "status", "album"})


def create_upload_ticket(request: ApiRequest, container: Container) -> Response:
    """`POST /uploads`: 201 with a presigned POST form, or 200 with the photo that already has these bytes.

    That photo joins the albums instead. Only a caller with the read permission learns of that photo, and only one who
    may manage photos can choose an id or say when a photo was added.
    """
    owner = request.owner
    request.allow_params()
    body = request.json(*TICKET_FIELDS)
    if any(body.get(name) is not None for name in IMPORT_FIELDS):
        request.signed_in_caller.require(Permission.MANAGE)
    filename, size = validation.filename(body), body.get("bytes")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool)):
        raise Invalid("bytes must be a whole number.", field="bytes")
    digest = None if body.get("sha256") is None else validation.sha256(body["sha256"])
    metadata = read_ticket_metadata(container.album_lookup, owner, filename, body)
    check_positions_stored(metadata.coordinates, container.find_place)
    may_read = Permission.READ in request.signed_in_caller.permissions
    if digest and may_read and (duplicate_of := container.photos.claim_holder(owner, digest)):
        for album_id in metadata.albums:
            container.albums.add_photo(owner, album_id, duplicate_of)
        return json_response({"duplicate_of": duplicate_of})
    ticket = container.uploads.create_ticket(owner, metadata, size)
    return json_response(serializers.upload_ticket(ticket), status=201)


def check_uploads(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`POST /uploads/check`: which of these files, by their SHA-256, the caller's library already has."""
    owner = request.owner
    request.allow_params()
    digests = validation.sha256_list(request.json("sha256").get("sha256"), max_digests=MAX_DIGESTS)
    return {"items": [serializers.known_file(known) for known in container.known_files.find(owner, digests)]}


def create_upload_url(request: ApiRequest, container: Container) -> dict[str, str]:
    """`PUT /upload`: a presigned PUT URL, for the Photo Asset Manager's client."""
    owner = request.owner
    request.allow_params()
    try:
        body = request.json("file_name", others=True)
    except Invalid as error:
        if error.code != "invalid_json":
            raise
        raise Invalid(
            f"{error} To send the photo itself, PUT it to /originals/{{filename}}.", code=error.code
        ) from None
    filename = validation.filename(body, "file_name")
    return {"url": container.uploads.create_upload_url(owner, UploadMetadata(filename))}


def upload_body(request: ApiRequest, container: Container, bucket: str, filename: str) -> dict[str, str]:
    """`PUT /{bucket}/{filename}`: the request body is the file, whatever its Content-Type."""
    owner = request.owner
    request.allow_params()
    if unquote(bucket) not in {ORIGINALS, container.settings.originals_bucket}:
        raise NotFound("Unknown bucket. Upload to `originals`.")
    name = validation.filename({"filename": unquote(filename)})
    _check_size(request.body)
    if not request.body:
        raise Invalid("The request body is empty. Send the photo as the body.", code="empty_body")
    return {"photo_id": container.uploads.store_original(owner, UploadMetadata(name), request.body).photo_id}


def upload_form(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`POST /upload`: a multipart form with the file and its metadata."""
    owner = request.owner
    request.allow_params()
    _check_size(request.body)
    form = multipart.parse(request.body, request.headers.get("content-type", ""), fields=FORM_FIELDS, file="img")
    if "label" not in form.fields:
        raise Invalid("label is required.", field="label")
    fields: dict[str, Any] = {name: value for name, value in form.fields.items() if value.strip()}
    if "tags" in fields:
        fields["tags"] = [tag for tag in fields["tags"].split(",") if tag.strip()]
    metadata = read_metadata(container.album_lookup, owner, form.filename, fields, clean_weight)
    photo = container.uploads.store_original(owner, metadata, form.file)
    return {"message": "Image uploaded successfully", "photo_id": photo.photo_id}


def _check_size(body: bytes) -> None:
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(
            f"Request body too large: at most {MAX_BODY_BYTES:,} bytes. Use POST /uploads for larger files.",
            limit=MAX_BODY_BYTES,
        )
