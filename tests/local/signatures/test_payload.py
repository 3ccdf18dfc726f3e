import hashlib
import random
from collections.abc import Sequence

import pytest

from local.signatures.errors import PayloadError
from local.signatures.payload import MAX_LINE_BYTES, payload_of
from local.signatures.signing import EMPTY_SHA256, sign, signing_key
from local.signatures.verification import Signature, parse
from tests.local.signatures.requests import SECRET, signed_request

BODY = random.Random(1).randbytes(10_000)
SIGNED, UNSIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


@pytest.fixture
def signature() -> Signature:
    return parse(signed_request("PUT"))


def content_of(declared: str, sent: bytes, signature: Signature, *, size: int = 700) -> tuple[bytes, dict[str, str]]:
    """The content and the trailers of a body that arrives in pieces."""
    payload = payload_of(declared, signature, SECRET)
    content = b"".join(payload.feed(sent[start : start + size]) for start in range(0, len(sent), size))
    return content, dict(payload.finish())


def unsigned_chunks(chunks: Sequence[bytes], trailer: bytes = b"") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n" + trailer + b"\r\n"


def signed_chunks(chunks: Sequence[bytes], signature: Signature, trailer: str | None = None) -> bytes:
    """Chunks as an AWS client signs them."""
    key, previous, sent = signing_key(SECRET, signature.scope), signature.value, b""

    def link(algorithm: str, *hashes: str) -> str:
        return sign(key, "\n".join([algorithm, signature.timestamp, str(signature.scope), previous, *hashes]))

    for chunk in [*chunks, b""]:
        previous = link("AWS4-HMAC-SHA256-PAYLOAD", EMPTY_SHA256, hashlib.sha256(chunk).hexdigest())
        sent += b"%x;chunk-signature=%s\r\n" % (len(chunk), previous.encode()) + chunk + (b"\r\n" if chunk else b"")
    if trailer is not None:
        value = link("AWS4-HMAC-SHA256-TRAILER", hashlib.sha256(f"{trailer}\n".encode()).hexdigest())
        sent += f"{trailer}\r\nx-amz-trailer-signature:{value}\r\n".encode()
    return sent + b"\r\n"


def test_hash_of_body_is_checked(signature: Signature) -> None:
    declared = hashlib.sha256(BODY).hexdigest()
    assert content_of(declared, BODY, signature) == (BODY, {})
    with pytest.raises(PayloadError, match="XAmzContentSHA256Mismatch"):
        content_of(declared, BODY + b".", signature)


def test_unsigned_body_is_passed_on(signature: Signature) -> None:
    assert content_of("UNSIGNED-PAYLOAD", BODY, signature) == (BODY, {})


@pytest.mark.parametrize("declared", ["", "STREAMING", "STREAMING-OTHER", "unsigned-payload", "A" * 64])
def test_unknown_kind_is_refused(declared: str, signature: Signature) -> None:
    with pytest.raises(PayloadError, match="InvalidArgument"):
        payload_of(declared, signature, SECRET)


@pytest.mark.parametrize("size", [1, 7, 8192, 20_000])
def test_chunks_are_decoded(size: int, signature: Signature) -> None:
    chunks = [BODY[:8192], BODY[8192:]]
    unsigned = unsigned_chunks(chunks, b"x-amz-checksum-crc32:sOO8/Q==\r\n")
    trailers = {"x-amz-checksum-crc32": "sOO8/Q=="}
    assert content_of(UNSIGNED, unsigned, signature, size=size) == (BODY, trailers)
    assert content_of(SIGNED, signed_chunks(chunks, signature), signature, size=size) == (BODY, {})
    with_trailer = signed_chunks(chunks, signature, "x-amz-checksum-crc32:sOO8/Q==")
    assert content_of(f"{SIGNED}-TRAILER", with_trailer, signature, size=size) == (BODY, trailers)


def test_example_of_the_documentation() -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html: 66,560 times "a" in two chunks."""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    scope = parse(signed_request("PUT")).scope
    signature = Signature("AKIA", type(scope)("20130524", "us-east-1", "s3"), "20130524T000000Z", (), seed, None)
    sent = b"".join(
        b"%x;chunk-signature=%s\r\n%s\r\n" % (size, value, b"a" * size)
        for size, value in [
            (65_536, b"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
            (1024, b"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
            (0, b"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
        ]
    )
    payload = payload_of(SIGNED, signature, secret)
    assert payload.feed(sent) == b"a" * 66_560
    assert payload.finish() == {}


@pytest.mark.parametrize("size", [1, 20_000])
def test_changed_or_missing_chunk_is_refused(size: int, signature: Signature) -> None:
    chunks = [BODY[:8192], BODY[8192:]]
    good = signed_chunks(chunks, signature)
    first = good.index(b"\r\n", good.index(b"\r\n") + 8192 + 2)
    bad = {
        "flipped": good.replace(BODY[100:110], bytes(10)),
        "without the last chunk": good[: good.rindex(b"0;chunk-signature")],
        "without the first chunk": good[first + 2 :],
        "cut": good[:5000],
        "unsigned": unsigned_chunks(chunks),
        "garbage": b"zz\r\n" + good,
        "endless line": b"0" * MAX_LINE_BYTES,
        "huge chunk": b"ffffffff;chunk-signature=" + b"0" * 64 + b"\r\n",
    }
    for sent in bad.values():
        with pytest.raises(PayloadError):
            content_of(SIGNED, sent, signature, size=size)


def test_changed_trailer_is_refused(signature: Signature) -> None:
    good = signed_chunks([BODY], signature, "x-amz-checksum-crc32:sOO8/Q==")
    for bad in (good.replace(b"sOO8", b"sOO9"), good[: good.index(b"x-amz-trailer-signature")] + b"\r\n"):
        with pytest.raises(PayloadError):
            content_of(f"{SIGNED}-TRAILER", bad, signature)
