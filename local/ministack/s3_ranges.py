"""Pieces of a version: MiniStack 1.5 cuts what lies under a key now, but of a named version it sends all bytes."""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import s3

Answer = tuple[int, dict[str, str], bytes]
Get = Callable[..., Answer]


def cutting(get: Get) -> Get:
    """S3's own GetObject, its answer cut where a range was asked for and is not yet."""

    def got(bucket: str, key: str, headers: Mapping[str, str], *rest: Any, **more: Any) -> Answer:
        asked = headers.get("range", "")
        if not asked:
            return get(bucket, key, headers, *rest, **more)
        # The checksum of the whole would not be that of the piece.
        status, told, body = get(bucket, key, {**headers, "x-amz-checksum-mode": ""}, *rest, **more)
        if status != 200:
            return status, told, body
        found = s3._parse_range(asked, len(body))
        if found is None:
            refused = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
            return 416, refused, s3._xml_body(s3._range_error_xml(bucket, key))
        first, last = found
        piece = body[first : last + 1]
        cut = {"Content-Length": str(len(piece)), "Content-Range": f"bytes {first}-{last}/{len(body)}"}
        return 206, told | cut, piece

    return got
