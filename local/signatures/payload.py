"""Bodies of signed requests: checked against what was signed and freed of `aws-chunked`, piece by piece.

What a client declares in `x-amz-content-sha256` is part of its signature: a SHA-256, `UNSIGNED-PAYLOAD`, or one of four
kinds of chunks, signed or not, with or without trailing headers
(https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from local.signatures.errors import PayloadError
from local.signatures.signing import EMPTY_SHA256, sign, signing_key
from local.signatures.verification import UNSIGNED_PAYLOAD, Signature

MAX_CHUNK_BYTES = 64 << 20
MAX_LINE_BYTES = 4096
MAX_TRAILER_BYTES = 16_384
SHA256 = re.compile(r"[0-9a-f]{64}")
CHUNK_HEADER = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?\r\n")
STREAMING = "STREAMING-"
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
KINDS = {SIGNED_CHUNKS, f"{SIGNED_CHUNKS}-TRAILER", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}


class Payload(Protocol):
    """A body that is being read."""

    def feed(self, data: bytes) -> bytes:
        """The content of the next bytes; raises PayloadError."""

    def finish(self) -> Mapping[str, str]:
        """Check the whole at its end and return its trailing headers; raises PayloadError."""


def payload_of(declared: str, signature: Signature, secret: str) -> Payload:
    """The payload that `x-amz-content-sha256` declares; raises PayloadError for any other value."""
    if declared == UNSIGNED_PAYLOAD:
        return Unsigned()
    if SHA256.fullmatch(declared):
        return Hashed(declared)
    if declared not in KINDS:
        raise PayloadError("InvalidArgument", "x-amz-content-sha256 must be a SHA-256, UNSIGNED-PAYLOAD or STREAMING-…")
    return Chunked(signature, secret, signed=declared.startswith(SIGNED_CHUNKS))


class Unsigned:
    """A body of which the signature says nothing."""

    def feed(self, data: bytes) -> bytes:
        """The same bytes."""
        return data

    def finish(self) -> Mapping[str, str]:
        """No trailing headers."""
        return {}


class Hashed:
    """A body with this SHA-256."""

    def __init__(self, expected: str) -> None:
        self._expected = expected
        self._hash = hashlib.sha256()

    def feed(self, data: bytes) -> bytes:
        """The same bytes."""
        self._hash.update(data)
        return data

    def finish(self) -> Mapping[str, str]:
        """No trailing headers; raises PayloadError for any other body."""
        if not hmac.compare_digest(self._hash.hexdigest(), self._expected):
            raise PayloadError(
                "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match the body."
            )
        return {}


@dataclass
class Chunked:
    """Chunks of `{size};chunk-signature={signature}`, each signed together with the signature before it."""

    signature: Signature
    secret: str
    signed: bool
    _previous: str = ""
    _buffer: bytearray = field(default_factory=bytearray)
    _ended: bool = False  # after the chunk of size 0 only trailing headers follow

    def __post_init__(self) -> None:
        self._previous = self.signature.value

    def feed(self, data: bytes) -> bytes:
        """The content of the chunks that these bytes complete."""
        self._buffer += data
        parts = []
        while not self._ended and (chunk := self._take_chunk()) is not None:
            parts.append(chunk)
            self._ended = not chunk
        if self._ended and len(self._buffer) > MAX_TRAILER_BYTES:
            raise _incomplete()
        return b"".join(parts)

    def finish(self) -> Mapping[str, str]:
        """The trailing headers; raises PayloadError if a chunk, a trailer or its signature is missing."""
        if not self._ended:
            raise _incomplete()
        lines = [line for line in bytes(self._buffer).split(b"\r\n") if line]
        headers = {name.decode().strip().lower(): value.decode().strip() for name, _, value in map(_split, lines)}
        provided = headers.pop("x-amz-trailer-signature", "")
        if self.signed and (headers or provided):
            signed = "".join(f"{name}:{value}\n" for name, value in headers.items())
            self._check("AWS4-HMAC-SHA256-TRAILER", [hashlib.sha256(signed.encode()).hexdigest()], provided)
        return headers

    def _take_chunk(self) -> bytes | None:
        """The next chunk's content if all of it has arrived; empty for the last chunk."""
        end = self._buffer.find(b"\r\n", 0, MAX_LINE_BYTES)
        if end < 0:
            if len(self._buffer) >= MAX_LINE_BYTES:
                raise _incomplete()
            return None
        header = CHUNK_HEADER.fullmatch(bytes(self._buffer[: end + 2]))
        if header is None or (header[2] is None) == self.signed or (size := int(header[1], 16)) > MAX_CHUNK_BYTES:
            raise _incomplete()
        start, stop = end + 2, end + 2 + size
        if size and len(self._buffer) < stop + 2:
            return None
        content = bytes(self._buffer[start:stop])
        if size and self._buffer[stop : stop + 2] != b"\r\n":
            raise _incomplete()
        if self.signed:
            digest = hashlib.sha256(content).hexdigest()
            self._check("AWS4-HMAC-SHA256-PAYLOAD", [EMPTY_SHA256, digest], header[2].decode())
        del self._buffer[: stop + 2 if size else stop]
        return content

    def _check(self, algorithm: str, hashes: list[str], provided: str) -> None:
        """Check one link of the chain of signatures."""
        scope = self.signature.scope
        text = "\n".join([algorithm, self.signature.timestamp, str(scope), self._previous, *hashes])
        self._previous = sign(signing_key(self.secret, scope), text)
        if not hmac.compare_digest(self._previous, provided):
            raise PayloadError("SignatureDoesNotMatch", "The signature of a chunk does not match its content.")


def _split(line: bytes) -> tuple[bytes, bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not line.isascii():
        raise _incomplete()
    return name, colon, value


def _incomplete() -> PayloadError:
    return PayloadError("IncompleteBody", "The chunks of the body are incomplete or malformed.")
