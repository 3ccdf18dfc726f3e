"""PostObject: uploads by a browser's form, allowed by the signed policy in it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from local.ministack.objects.errors import S3Error, access_denied, invalid_argument
from local.ministack.objects.form_parser import Form, FormParser, malformed_form
from local.ministack.objects.form_policy import SizeLimits, check_conditions
from local.ministack.objects.records import Content, Version
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import Response, xml_response
from local.ministack.objects.storage import Storage, stored_headers
from local.ministack.objects.tags import header_tags
from local.ministack.objects.writing import BodyFile
from local.signatures.errors import SignatureError
from local.signatures.policy import verify_policy

UNSUPPORTED = ("acl", "x-amz-acl")  # objects have no access control lists: buckets enforce their owner


class PostObject:
    """Stores the file of a form."""

    def __init__(self, storage: Storage, request: Request, secrets: Mapping[str, str]) -> None:
        self._storage = storage
        self._request = request
        self._secrets = secrets
        self._parser = FormParser(request.headers.get("content-type", ""), self._begin, self._write)
        self._fields: Mapping[str, str] = {}
        self._limits = SizeLimits()
        self._body: BodyFile | None = None

    def feed(self, data: bytes) -> None:
        """Receive the next bytes of the form."""
        self._parser.feed(data)

    def finish(self, _trailers: Mapping[str, str]) -> Response:
        """Store the object."""
        self._parser.finish()
        if self._body is None:
            raise malformed_form()
        self._limits.check(self._body.size)
        fields, bucket = self._fields, self._request.bucket
        headers, tags = stored_headers(fields), header_tags(fields)
        received = self._body.publish({})
        content = Content([received.file], received.etag, headers, tags, received.checksums)
        try:
            stored = self._storage.index.put(bucket, fields["key"], content, versioned=self._storage.versioned(bucket))
        except Exception:
            self._body.discard(received)
            raise
        self._storage.finish_put(stored, "Post")
        return self._response(stored.version)

    def close(self) -> None:
        """Discard what was not stored."""
        if self._body:
            self._body.close()

    def _begin(self, form: Form) -> None:
        """Check the fields before the first byte of the file is stored."""
        fields = {
            name: value if name in {"policy", "x-amz-signature"} else value.replace("${filename}", form.filename)
            for name, value in form.fields.items()
        }
        if not fields.get("key"):
            raise invalid_argument("Bucket POST must contain a field named 'key'.")
        if any(name in fields for name in UNSUPPORTED):
            raise access_denied("This bucket does not allow access control lists.")
        try:
            _, policy = verify_policy(fields, self._secrets, datetime.now(UTC))
        except SignatureError as error:
            raise S3Error(int(error.status), error.code, error.message) from error
        self._limits = check_conditions(policy, self._request.bucket, fields)
        self._fields = (
            fields
            if "content-type" in fields or not form.content_type
            else {
                **fields,
                "content-type": form.content_type,
            }
        )
        self._body = BodyFile(self._storage, fields, None)

    def _write(self, data: bytes) -> None:
        if self._body:
            self._limits.check_largest(self._body.size + len(data))
            self._body.feed(data)

    def _response(self, version: Version) -> Response:
        bucket, key, etag = version.bucket, version.key, f'"{version.content.etag}"'
        location = f"http://{self._request.header('host')}/{bucket}/{quote(key)}"
        headers = {"ETag": etag, "Location": location, **self._storage.version_headers(version)}
        if redirect := self._fields.get("success_action_redirect", ""):
            parameters = f"bucket={bucket}&key={quote(key)}&etag={quote(etag, safe='')}"
            separator = "&" if "?" in redirect else "?"
            return Response(303, headers | {"Location": f"{redirect}{separator}{parameters}"})
        match self._fields.get("success_action_status", ""):
            case "201":
                nodes = [("Location", location), ("Bucket", bucket), ("Key", key), ("ETag", etag)]
                return xml_response("PostResponse", nodes, status=201, headers=headers)
            case "200":
                return Response(200, headers)
        return Response(204, headers)
