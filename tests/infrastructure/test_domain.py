"""DOMAIN and CERTIFICATE: set, preserved, changed, removed and validated."""

import pytest

from infrastructure.deploy.domain import Domain
from infrastructure.deploy.errors import UserError

ARN = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b-2c3d"
OTHER = "arn:aws:acm:us-east-1:123456789012:certificate/9f8e"
CURRENT = {"Domain": "photos.example.org", "Certificate": ARN, "Stage": "prod"}
EMPTY = {"Domain": "", "Certificate": ""}


def test_domain_is_optional() -> None:
    assert Domain().parameters({}) == Domain().parameters(EMPTY) == EMPTY


def test_domain_is_set_with_certificate() -> None:
    assert Domain("photos.example.org", ARN).parameters({}) == {"Domain": "photos.example.org", "Certificate": ARN}


def test_empty_options_keep_current_domain() -> None:
    assert Domain().parameters(CURRENT) == {"Domain": "photos.example.org", "Certificate": ARN}


def test_name_or_certificate_can_change_alone() -> None:
    assert Domain("", OTHER).parameters(CURRENT) == {"Domain": "photos.example.org", "Certificate": OTHER}
    assert Domain("pictures.example.org").parameters(CURRENT) == {"Domain": "pictures.example.org", "Certificate": ARN}


def test_no_removes_domain() -> None:
    assert Domain("no").parameters(CURRENT) == EMPTY


@pytest.mark.parametrize(
    "name", ["https://a.org", "a.org/", "Photos.example.org", "localhost", "a b.org", "-a.org", "a..org"]
)
def test_invalid_name_raises_error(name: str) -> None:
    with pytest.raises(UserError, match="Invalid DOMAIN"):
        Domain(name, ARN).parameters({})


@pytest.mark.parametrize("arn", ["", "x", ARN.replace("us-east-1", "eu-central-1"), ARN.replace("acm", "iam")])
def test_invalid_certificate_raises_error(arn: str) -> None:
    with pytest.raises(UserError, match="needs a certificate in us-east-1"):
        Domain("photos.example.org", arn).parameters({})


def test_certificate_without_domain_raises_error() -> None:
    with pytest.raises(UserError, match="CERTIFICATE needs a domain"):
        Domain("", ARN).parameters({})
