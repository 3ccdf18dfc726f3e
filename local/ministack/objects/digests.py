"""Digests of a body, computed while it is streamed: MD5 for the ETag, and the checksums that clients send."""

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from local.ministack.objects.errors import S3Error, bad_digest

ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")


class Digest(Protocol):
    """What hashlib's objects offer."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""

    def digest(self) -> bytes:
        """The digest of all bytes so far."""


class _Crc:
    def __init__(self, function: Callable[[bytes, int], int], size: int) -> None:
        self._function = function
        self._size = size
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = self._function(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._size, "big")


def new_digest(algorithm: str) -> Digest:
    """An empty digest; raises S3Error for an unknown algorithm."""
    match algorithm:
        case "SHA1":
            return hashlib.sha1(usedforsecurity=False)
        case "SHA256":
            return hashlib.sha256()
        case "CRC32":
            return _Crc(zlib.crc32, 4)
        case "CRC32C" | "CRC64NVME":
            from awscrt import checksums

            return _Crc(checksums.crc32c, 4) if algorithm == "CRC32C" else _Crc(checksums.crc64nvme, 8)
    raise S3Error(400, "InvalidRequest", f"Checksum algorithm not supported: {algorithm}.")


class BodyDigests:
    """The MD5 and the named checksums of one body."""

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._checksums = {algorithm: new_digest(algorithm) for algorithm in sorted(set(algorithms))}

    def update(self, data: bytes) -> None:
        """Add bytes."""
        self._md5.update(data)
        for digest in self._checksums.values():
            digest.update(data)

    @property
    def md5(self) -> bytes:
        """The MD5 of all bytes so far."""
        return self._md5.digest()

    def checksums(self) -> dict[str, str]:
        """Each checksum, in base64 as S3 sends it."""
        return {name: encode(digest.digest()) for name, digest in self._checksums.items()}


def encode(digest: bytes) -> str:
    """A digest in base64."""
    return base64.b64encode(digest).decode()


def sent_checksums(headers: Mapping[str, str]) -> dict[str, str]:
    """The checksums among a request's headers or a body's trailers, by algorithm."""
    names = {algorithm: f"x-amz-checksum-{algorithm.lower()}" for algorithm in ALGORITHMS}
    return {algorithm: headers[name] for algorithm, name in names.items() if headers.get(name)}


def requested_algorithms(headers: Mapping[str, str]) -> set[str]:
    """The algorithms whose checksums a request carries, announces as trailers or asks for."""
    found = set(sent_checksums(headers))
    for name in ("x-amz-sdk-checksum-algorithm", "x-amz-checksum-algorithm"):
        if headers.get(name):
            found.add(normalize(headers[name]))
    for trailer in headers.get("x-amz-trailer", "").lower().split(","):
        if trailer.strip().startswith("x-amz-checksum-"):
            found.add(normalize(trailer.strip().removeprefix("x-amz-checksum-")))
    return found


def normalize(algorithm: str) -> str:
    """An algorithm's name as in `ALGORITHMS`."""
    return algorithm.strip().upper().replace("_", "")


def check(sent: Mapping[str, str], computed: Mapping[str, str]) -> None:
    """Raise S3Error if a sent checksum is not the computed one."""
    for algorithm, value in sent.items():
        if computed.get(algorithm) != value:
            raise bad_digest(algorithm)


def check_md5(headers: Mapping[str, str], md5: bytes) -> None:
    """Raise S3Error if Content-MD5 is invalid or not the body's."""
    if not (sent := headers.get("content-md5", "")):
        return
    try:
        expected = base64.b64decode(sent, validate=True)
    except ValueError:
        expected = b""
    if len(expected) != 16:
        raise S3Error(400, "InvalidDigest", "The Content-MD5 you specified is not valid.")
    if expected != md5:
        raise bad_digest("Content-MD5")


def composite(algorithm: str, parts: Iterable[str]) -> str:
    """The checksum of a multipart object: that of its parts' checksums."""
    values = list(parts)
    digest = new_digest(algorithm)
    for value in values:
        digest.update(base64.b64decode(value))
    return f"{encode(digest.digest())}-{len(values)}"


def full_object(algorithm: str, parts: Iterable[tuple[str, int]]) -> str:
    """The CRC of a multipart object, combined from those of its parts and their sizes; raises S3Error for SHA."""
    from awscrt import checksums

    if algorithm not in {"CRC32", "CRC32C", "CRC64NVME"}:
        raise S3Error(400, "InvalidRequest", f"The FULL_OBJECT checksum type cannot be used with {algorithm}.")
    combine = getattr(checksums, f"combine_{algorithm.lower()}")
    value, size = 0, 8 if algorithm == "CRC64NVME" else 4
    for checksum, length in parts:
        value = combine(value, int.from_bytes(base64.b64decode(checksum)), length)
    return encode(value.to_bytes(size))
