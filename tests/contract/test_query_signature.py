"""Signatures are those of botocore for the same time."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

import chalicelib
from chalicelib.aws.query_signature import presign

PUBLIC = ("config", "exceptions", "signers")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
SECONDS = st.integers(0, 2**32)  # of a time since 1970


@given(
    method=st.sampled_from(["GET", "HEAD"]),
    endpoint=st.sampled_from(["https://s3.eu-west-1.amazonaws.com", "http://127.0.0.1:8002"]),
    key=TEXT,
    filename=TEXT | st.none(),
    credentials=st.builds(ReadOnlyCredentials, ASCII, ASCII, ASCII | st.none()),
    seconds=SECONDS,
    lifetime=st.integers(1, 604_800),
)
def test_url_is_the_one_that_botocore_signs(
    method: str,
    endpoint: str,
    key: str,
    filename: str | None,
    credentials: ReadOnlyCredentials,
    seconds: int,
    lifetime: int,
) -> None:
    url = f"{endpoint}/bucket/{quote(key, safe='/~')}"
    params = {"response-content-disposition": filename} if filename else {}
    request = AWSRequest(method, url, params=params)
    at = datetime.fromtimestamp(seconds, UTC)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("botocore.auth.get_current_datetime", lambda: at)
        S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=lifetime).add_auth(request)
    signed = presign(method, url, params, credentials, "eu-west-1", starts_at=at, lifetime=timedelta(seconds=lifetime))
    assert signed == request.url


def test_only_documented_modules_are_imported_from_botocore() -> None:
    """The runtime's version changes without notice, and only these are its public interface besides clients."""
    code = "".join(path.read_text() for path in Path(chalicelib.__file__).parent.rglob("*.py"))
    assert set(re.findall(r"(?:from|import) (botocore\S*)", code)) == {f"botocore.{name}" for name in PUBLIC}
