import pytest

from local.ministack.access.unsigned import is_sign_in
from tests.local.ministack.access.harness import unsigned

POOL = "us-east-1_abc"


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/oauth2/authorize?client_id=1&response_type=code"),
        ("GET", "/logout?client_id=1&logout_uri=http://127.0.0.1:8001/"),
        ("POST", "/oauth2/login"),
        ("POST", "/login"),
        ("POST", "/oauth2/token"),
        ("GET", f"/{POOL}/.well-known/jwks.json"),
    ],
)
def test_sign_in_needs_no_signature(method: str, url: str) -> None:
    assert is_sign_in(unsigned(method, url), is_pool=POOL.__eq__)
    for header in ("authorization", "x-amz-target"):
        assert not is_sign_in(unsigned(method, url, {header: "DynamoDB_20120810.Scan"}), is_pool=POOL.__eq__)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/x/.well-known/jwks.json?Action=CreateStack"),
        ("GET", "/x/.well-known/jwks.json"),
        ("GET", "/.well-known/jwks.json"),
        ("GET", f"/{POOL}/.well-known/jwks.json?Action=ListQueues"),
        ("GET", f"/a/{POOL}/.well-known/jwks.json"),
        ("HEAD", f"/{POOL}/.well-known/jwks.json"),
        ("HEAD", "/logout?Action=CreateTopic&Name=x"),
        ("POST", "/logout?Action=CreateTopic"),
        ("POST", "/oauth2/token?Action=DeleteStack"),
        ("GET", "/oauth2/login"),
        ("GET", "/oauth2/authorize/"),
        ("OPTIONS", "/tintype-local-x"),
        ("POST", "/tintype-local-x"),
        ("GET", "/"),
        ("GET", "/?Action=ListTopics"),
    ],
)
def test_anything_else_needs_a_signature(method: str, url: str) -> None:
    assert not is_sign_in(unsigned(method, url), is_pool=POOL.__eq__)
