"""A name of one's own for the page: said once, kept, taken away, and refused where it cannot be."""

import pytest

from infrastructure.deploy.domain import Domain
from infrastructure.deploy.errors import Problem

ARN = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b-2c3d"
OTHER = "arn:aws:acm:us-east-1:123456789012:certificate/9f8e"
HELD = {"Domain": "photos.example.org", "Certificate": ARN, "Stage": "prod"}
NOTHING = {"Domain": "", "Certificate": ""}


def test_nobody_needs_one() -> None:
    assert Domain().parameters({}) == Domain().parameters(NOTHING) == NOTHING


def test_one_that_is_said_is_told_with_its_certificate() -> None:
    assert Domain("photos.example.org", ARN).parameters({}) == {"Domain": "photos.example.org", "Certificate": ARN}


def test_a_deployment_that_says_nothing_keeps_what_stands_there() -> None:
    assert Domain().parameters(HELD) == {"Domain": "photos.example.org", "Certificate": ARN}


def test_either_may_be_changed_alone() -> None:
    assert Domain("", OTHER).parameters(HELD) == {"Domain": "photos.example.org", "Certificate": OTHER}
    assert Domain("pictures.example.org").parameters(HELD) == {"Domain": "pictures.example.org", "Certificate": ARN}


def test_it_is_taken_away_again() -> None:
    assert Domain("no").parameters(HELD) == NOTHING


@pytest.mark.parametrize(
    "name", ["https://a.org", "a.org/", "Photos.example.org", "localhost", "a b.org", "-a.org", "a..org"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Problem, match="is no name of a host"):
        Domain(name, ARN).parameters({})


@pytest.mark.parametrize("arn", ["", "x", ARN.replace("us-east-1", "eu-central-1"), ARN.replace("acm", "iam")])
def test_a_certificate_that_cloudfront_does_not_find_is_refused(arn: str) -> None:
    with pytest.raises(Problem, match="needs the ARN of its certificate in us-east-1"):
        Domain("photos.example.org", arn).parameters({})


def test_a_certificate_of_no_name_is_refused() -> None:
    with pytest.raises(Problem, match="CERTIFICATE is of a name"):
        Domain("", ARN).parameters({})
