import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.ministack.objects.errors import S3Error
from local.ministack.objects.form_parser import MAX_PRE_DATA_BYTES, Form, FormParser
from tests.local.ministack.objects.conftest import PLAIN, SECRETS, VERSIONED, Answer, S3Client
from tests.support.multipart import TYPE, form

KEY = "o/p1/a.jpg"
DATA = b"\xff\xd8 a picture \r\n--not-the-boundary\r\n"


def signed_fields(
    fields: Mapping[str, str], conditions: Sequence[Any], *, bucket: str = PLAIN, minutes: float = 5, key: str = "local"
) -> dict[str, str]:
    """The fields with a policy that allows them and these conditions."""
    now = datetime.now(UTC)
    scope = f"{now:%Y%m%d}/us-east-1/s3/aws4_request"
    signing = {
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{key}/{scope}",
        "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
    }
    all_conditions = [*conditions, {"bucket": bucket}, *({name: value} for name, value in signing.items())]
    expiration = f"{now + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
    document = json.dumps({"expiration": expiration, "conditions": all_conditions})
    policy = base64.b64encode(document.encode()).decode()
    derived = f"AWS4{SECRETS['local']}".encode()
    for part in scope.split("/"):
        derived = hmac.digest(derived, part.encode(), "sha256")
    signature = hmac.digest(derived, policy.encode(), "sha256").hex()
    return {**fields, **signing, "policy": policy, "x-amz-signature": signature}


def post(
    s3: S3Client, fields: Mapping[str, str], data: bytes = DATA, *, bucket: str = PLAIN, filename: str = "a b.jpg"
) -> Answer:
    parts = [(name, None, value.encode()) for name, value in fields.items()]
    body = form(*parts, ("file", filename, data))
    size = max(97, len(body) // 10)
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return s3.send("POST", f"/{bucket}", pieces, {"content-type": TYPE}, signature=None)


def allowed(**different: str) -> dict[str, str]:
    fields = {"key": KEY, "content-type": "image/jpeg"}
    return signed_fields(fields, [fields, ["content-length-range", 1, 10_000_000]]) | different


def test_file_of_a_signed_form_is_stored(s3: S3Client) -> None:
    answer = post(s3, allowed())
    assert answer.status == 204
    got = s3.get(PLAIN, KEY)
    assert (got.data, got.headers["content-type"], got.headers["etag"]) == (DATA, "image/jpeg", answer.headers["etag"])
    assert s3.buckets.events == [(PLAIN, KEY, "ObjectCreated:Post", len(DATA))]


def test_large_file_is_stored(s3: S3Client) -> None:
    data = DATA * 100_000
    assert post(s3, allowed(), data).status == 204
    assert s3.get(PLAIN, KEY).data == data


def test_filename_is_inserted_into_the_key(s3: S3Client) -> None:
    fields = signed_fields({"key": "o/${filename}"}, [["starts-with", "$key", "o/"]], bucket=VERSIONED)
    answer = post(s3, fields, bucket=VERSIONED)
    assert (answer.status, "x-amz-version-id" in answer.headers) == (204, True)
    assert s3.get(VERSIONED, "o/a b.jpg").data == DATA


@pytest.mark.parametrize(("status", "expected"), [("200", 200), ("201", 201), ("204", 204), ("302", 204)])
def test_success_status(s3: S3Client, status: str, expected: int) -> None:
    fields = {"key": KEY, "success_action_status": status}
    answer = post(s3, signed_fields(fields, [fields]))
    assert answer.status == expected
    if expected == 201:
        assert answer.text("Key") == KEY


def test_success_redirect(s3: S3Client) -> None:
    fields = {"key": KEY, "success_action_redirect": "http://page/?done"}
    answer = post(s3, signed_fields(fields, [fields]))
    assert answer.status == 303
    assert answer.headers["location"].startswith(f"http://page/?done&bucket={PLAIN}&key={KEY}&etag=%22")


def test_metadata_and_tags(s3: S3Client) -> None:
    fields = {"key": KEY, "x-amz-meta-tags": "sea", "x-amz-tagging": "a=b", "x-ignore-this": "1"}
    conditions = [{name: value} for name, value in fields.items() if name != "x-ignore-this"]
    assert post(s3, signed_fields(fields, conditions)).status == 204
    assert s3.get(PLAIN, KEY).headers["x-amz-meta-tags"] == "sea"
    assert s3.get(PLAIN, KEY, "tagging").texts("TagSet/Tag/Key") == ["a"]


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in allowed().items() if name not in names}


@pytest.mark.parametrize(
    "fields",
    [
        allowed(key="o/p2/a.jpg"),
        {**allowed(), "content-type": "text/html"},
        {**allowed(), "x-amz-meta-status": "public"},
        {**allowed(), "acl": "public-read"},
        {**allowed(), "x-amz-signature": "0" * 64},
        {**allowed(), "policy": base64.b64encode(b'{"expiration":"2099-01-01T00:00:00Z","conditions":[]}').decode()},
        without("policy"),
        without("x-amz-signature"),
        without("key"),
        without("content-type"),
        without("x-amz-date"),
        signed_fields({"key": KEY}, [{"key": KEY}], minutes=-1),
        signed_fields({"key": KEY}, [{"key": KEY}], bucket=VERSIONED),
        signed_fields({"key": KEY}, [{"key": KEY}], key="other"),
        signed_fields({"key": KEY}, [{"key": KEY}, ["content-length-range", 0, len(DATA) - 1]]),
        signed_fields({"key": KEY}, [{"key": KEY}, ["content-length-range", len(DATA) + 1, 999]]),
        signed_fields({"key": KEY}, [{"key": KEY}, ["matches", "$key", "x"]]),
        signed_fields({"key": KEY}, [["starts-with", "$key", "other/"]]),
    ],
)
def test_form_that_its_policy_does_not_allow_stores_nothing(s3: S3Client, fields: dict[str, str]) -> None:
    assert 400 <= post(s3, fields).status < 500
    assert s3.files() == []
    assert s3.get(PLAIN, KEY).status == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"nothing", form(("key", None, b"a")), form(("key", None, b"x" * 100_000), ("file", "a", b"1"))],
)
def test_malformed_form(s3: S3Client, body: bytes) -> None:
    assert s3.send("POST", f"/{PLAIN}", body, {"content-type": TYPE}, signature=None).status == 400


@pytest.mark.parametrize("data", [b"", b"sea", b"\r\n", b"\r\n--", DATA])
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_form_is_parsed_in_pieces_of_any_size(data: bytes, size: int) -> None:
    forms: list[Form] = []
    written = bytearray()
    parser = FormParser(TYPE, forms.append, written.extend)
    body = form(("Key", None, b"a"), ("x", None, b""), ("file", 'quo"te.jpg', data), ("late", None, b"ignored"))
    for start in range(0, len(body), size):
        parser.feed(body[start : start + size])
    parser.finish()
    assert bytes(written) == data
    assert forms[0].fields == {"key": "a", "x": ""}


SHORT = form(*((f"{number}", None, b"") for number in range(100_000)))


@pytest.mark.parametrize(
    "body",
    [
        form(("key", None, b"x" * 21_000), ("file", "a", b"sea")),
        form(("x" * 21_000, None, b""), ("file", "a", b"sea")),
        form(*((f"{'x' * 1000}{number}", None, b"") for number in range(21)), ("file", "a", b"sea")),
        form(("file", "a" * 21_000, b"sea")),
        b"preamble" * 2600 + b"\r\n" + form(("file", "a", b"sea")),
        SHORT,
    ],
)
@pytest.mark.parametrize("size", [1000, 10_000_000])
def test_too_much_before_the_file_is_refused_at_once(s3: S3Client, body: bytes, size: int) -> None:
    parser = FormParser(TYPE, lambda _: None, lambda _: None)
    for start in range(0, 20_000 // size * size, size):
        parser.feed(body[start : start + size])
    with pytest.raises(S3Error, match="MaxPostPreDataLengthExceededError"):
        parser.feed(body[20_000 // size * size :])
    # The app doesn't wait for the end of the body.
    answer = s3.send("POST", f"/{PLAIN}", [body], {"content-type": TYPE}, signature=None)
    assert (answer.status, answer.code) == (400, "MaxPostPreDataLengthExceededError")


@pytest.mark.parametrize("size", [1, 4096, 100_000])
def test_limit_before_the_file_is_exact(size: int) -> None:
    def feed(length: int) -> bytes:
        written = bytearray()
        parser = FormParser(TYPE, lambda _: None, written.extend)
        body = form(("key", None, b"x" * length), ("file", "a", DATA * 1000))
        for start in range(0, len(body), size):
            parser.feed(body[start : start + size])
        parser.finish()
        return bytes(written)

    others = len(form(("key", None, b""), ("file", "a", b""))) - len(b"\r\n--xYzZY--\r\n")
    assert feed(MAX_PRE_DATA_BYTES - others) == DATA * 1000
    with pytest.raises(S3Error):
        feed(MAX_PRE_DATA_BYTES - others + 1)


@pytest.mark.parametrize("sizes", [["0", "9" * 5000], ["9" * 5000, "9" * 5000], [0, 10**4000], [[], "1"], [-1, 1]])
def test_sizes_that_no_file_has_are_an_invalid_policy(s3: S3Client, sizes: Sequence[object]) -> None:
    fields = signed_fields({"key": KEY}, [{"key": KEY}, ["content-length-range", *sizes]])
    answer = post(s3, fields)
    assert (answer.status, answer.code) == (400, "InvalidPolicyDocument")


def test_condition_that_is_not_unicode_is_not_met(s3: S3Client) -> None:
    assert post(s3, signed_fields({"key": KEY}, [{"key": "\ud800"}])).status == 403


def test_unfinished_form_is_an_error() -> None:
    parser = FormParser(TYPE, lambda _: None, lambda _: None)
    parser.feed(form(("file", "a", b"sea"))[:-30])
    with pytest.raises(S3Error):
        parser.finish()
