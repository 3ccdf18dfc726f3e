"""S3: range requests with a version id, for which MiniStack 1.5 returns the whole object."""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import s3

Response = tuple[int, dict[str, str], bytes]
Get = Callable[..., Response]


def patch_get_object(get: Get) -> Get:
    """MiniStack's GetObject, with the range applied if MiniStack has not done so."""

    def get_object(bucket: str, key: str, headers: Mapping[str, str], *rest: Any, **more: Any) -> Response:
        requested = headers.get("range", "")
        if not requested:
            return get(bucket, key, headers, *rest, **more)
        # Without the checksum, which would be that of the whole object.
        status, response_headers, body = get(bucket, key, {**headers, "x-amz-checksum-mode": ""}, *rest, **more)
        if status != 200:
            return status, response_headers, body
        byte_range = s3._parse_range(requested, len(body))
        if byte_range is None:
            error_headers = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
            return 416, error_headers, s3._xml_body(s3._range_error_xml(bucket, key))
        first, last = byte_range
        part = body[first : last + 1]
        part_headers = {"Content-Length": str(len(part)), "Content-Range": f"bytes {first}-{last}/{len(body)}"}
        return 206, response_headers | part_headers, part

    return get_object
