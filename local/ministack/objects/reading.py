"""GetObject and HeadObject."""

import errno
import re
from collections.abc import Mapping, Sequence

from local.ministack.objects.conditions import is_unmodified
from local.ministack.objects.errors import S3Error, damaged_object, no_such_key, no_such_version
from local.ministack.objects.records import StoredFile, Version
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import FileRange, Response
from local.ministack.objects.storage import Storage

SMALL_BYTES = 1024 * 1024  # such bodies are read at once, larger ones in blocks while they are sent
MAX_OPEN_FILES = 64  # of one response; the files of further parts are opened when their turn comes
ATTEMPTS = 10
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# An object may be a page with scripts, and the sign-in page has the same origin here, other than on AWS.
SANDBOX = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
OVERRIDES = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")


def get_object(storage: Storage, request: Request) -> Response:
    """The object, or the range of it that the request asks for; raises S3Error."""
    for _ in range(ATTEMPTS):
        version = find_readable(storage, request.bucket, request.key, request.query.get("versionId", ""))
        response, first, size = _head(storage, request, version)
        try:
            return _with_body(storage, response, version.content.files, first, size)
        except FileNotFoundError:  # it was replaced or deleted a moment ago
            if storage.find(request.bucket, request.key, version.version_id) == version:
                break
        except OSError as error:
            raise damage_error(storage, version, error) from error
    storage.files.report_damage()
    raise damaged_object()


def damage_error(storage: Storage, version: Version, error: OSError) -> Exception:
    """What to answer if a file of the version could not be read: S3Error, or the same error if it is not its damage."""
    if error.errno not in {errno.EIO, errno.ENOENT}:
        return error
    if storage.find(version.bucket, version.key, version.version_id) != version:
        return no_such_key()  # it was replaced or deleted a moment ago
    storage.files.report_damage()
    return damaged_object()


def head_object(storage: Storage, request: Request) -> Response:
    """The headers of the object; raises S3Error."""
    version = find_readable(storage, request.bucket, request.key, request.query.get("versionId", ""))
    return _head(storage, request, version)[0]


def find_readable(storage: Storage, bucket: str, key: str, version_id: str) -> Version:
    """A version with bytes; raises S3Error for a delete marker or if there is none."""
    version = storage.find(bucket, key, version_id)
    if version is None:
        raise no_such_version() if version_id else no_such_key()
    if version.marker:
        error = no_such_key()
        if version_id:
            error = S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        error.headers = {"x-amz-delete-marker": "true", "x-amz-version-id": version.version_id}
        raise error
    return version


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte of a range; None if the header is to be ignored. Raises S3Error for an empty range."""
    match = RANGE.fullmatch(header.strip())
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if first and last and int(first) > int(last):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size:
        raise S3Error(
            416, "InvalidRange", "The requested range is not satisfiable", {"Content-Range": f"bytes */{size}"}
        )
    return start, end


def _head(storage: Storage, request: Request, version: Version) -> tuple[Response, int, int]:
    """The response without its body, and the body's first byte and size."""
    headers = _object_headers(storage, version)
    if is_unmodified(request.headers, version):
        remaining = {name: value for name, value in headers.items() if not name.startswith("Content-")}
        return Response(304, remaining), 0, 0
    selected = _selected_range(request, version)
    first, last = selected or (0, version.size - 1)
    size = last - first + 1
    headers["Content-Length"] = str(size)
    if selected:
        headers["Content-Range"] = f"bytes {first}-{last}/{version.size}"
    elif request.header("x-amz-checksum-mode").upper() == "ENABLED":
        headers |= checksum_headers(version.content.checksums)
    for name in OVERRIDES:
        if value := request.query.get(f"response-{name}", ""):
            headers[name.title()] = value
    return Response(206 if selected else 200, headers), first, size


def _object_headers(storage: Storage, version: Version) -> dict[str, str]:
    content = version.content
    # HTTP's own headers in capitals as usual, metadata as it was sent.
    stored = {name.title() if name in OVERRIDES else name: value for name, value in content.headers.items()}
    headers = {
        **stored,
        "ETag": f'"{content.etag}"',
        "Last-Modified": version.http_date,
        "Accept-Ranges": "bytes",
        **SANDBOX,
        **storage.version_headers(version),
    }
    if content.tags:
        headers["x-amz-tagging-count"] = str(len(content.tags))
    if len(content.files) > 1:
        headers["x-amz-mp-parts-count"] = str(len(content.files))
    return headers


def checksum_headers(checksums: Mapping[str, str]) -> dict[str, str]:
    """An object's checksums, and whether they are of its bytes or of its parts' checksums."""
    headers = {f"x-amz-checksum-{name.lower()}": value for name, value in checksums.items()}
    if headers:
        composite = any("-" in value for value in checksums.values())
        headers["x-amz-checksum-type"] = "COMPOSITE" if composite else "FULL_OBJECT"
    return headers


def _selected_range(request: Request, version: Version) -> tuple[int, int] | None:
    if "partNumber" in request.query:
        number = request.number("partNumber", 1, 10_000)
        files = version.content.files
        if not 1 <= number <= len(files):
            raise S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
        first = sum(file.size for file in files[: number - 1])
        return (first, first + files[number - 1].size - 1) if version.size else None
    return parse_range(request.header("range"), version.size) if request.header("range") else None


def _with_body(storage: Storage, head: Response, files: Sequence[StoredFile], first: int, size: int) -> Response:
    """The response with its body; raises OSError if a file is gone or damaged."""
    if head.status == 304 or not size:
        return head
    ranges = open_ranges(storage, files, first, size)
    if size > SMALL_BYTES:
        return Response(head.status, head.headers, ranges=ranges)
    try:
        data = b"".join(each.read(0, each.length) for each in ranges)
    finally:
        for each in ranges:
            each.close()
    return Response(head.status, head.headers, data)


def open_ranges(storage: Storage, files: Sequence[StoredFile], first: int, size: int) -> list[FileRange]:
    """So many bytes from `first`; raises FileNotFoundError if a file is gone, OSError EIO if its size is wrong."""
    ranges: list[FileRange] = []
    start = 0
    try:
        for file in files:
            offset = max(first - start, 0)
            length = min(first + size - start, file.size) - offset
            if length > 0:
                opened = FileRange(storage.files.path(file.name), offset, length)
                ranges.append(opened)
                if len(ranges) <= MAX_OPEN_FILES:
                    opened.open()
                if opened.file_size() != file.size:  # a response that has started could not report it
                    raise OSError(errno.EIO, "a file of an object has not its recorded size")
            start += file.size
    except OSError:
        for each in ranges:
            each.close()
        raise
    return ranges
