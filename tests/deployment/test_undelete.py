"""Undelete: which originals come back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infrastructure.deploy.errors import UserError
from infrastructure.deploy.undelete import Deletions, parse_time

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_bucket(keys: list[str]) -> Any:
    """A client of a bucket with an object at each key, which is then deleted."""
    s3 = boto3.Session("test", "test", region_name="us-east-1").client("s3")
    s3.create_bucket(Bucket="originals")
    s3.put_bucket_versioning(Bucket="originals", VersioningConfiguration={"Status": "Enabled"})
    for key in keys:
        s3.put_object(Bucket="originals", Key=key, Body=key.encode())
        s3.delete_object(Bucket="originals", Key=key)
    return s3


def list_keys(s3: Any) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket="originals").get("Contents", [])]


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    """A mocked AWS."""
    with mock_aws():
        yield


def test_deleted_originals_below_the_prefix_come_back() -> None:
    s3 = make_bucket(["a/1.jpg", "a/2.jpg", "b/1.jpg"])
    s3.put_object(Bucket="originals", Key="a/2.jpg", Body=b"uploaded again")
    deletions = Deletions(s3, "originals", LONG_AGO, "a/")
    assert (deletions.count(), deletions.undo(), deletions.count()) == (1, 1, 0)
    assert list_keys(s3) == ["a/1.jpg", "a/2.jpg"]
    assert s3.get_object(Bucket="originals", Key="a/2.jpg")["Body"].read() == b"uploaded again"


def test_originals_that_were_deleted_earlier_stay_deleted() -> None:
    s3 = make_bucket(["a.jpg"])
    assert Deletions(s3, "originals", datetime.now(UTC) + timedelta(minutes=1)).undo() == 0
    assert list_keys(s3) == []


def test_refused_deletion_of_a_marker_is_an_error() -> None:
    class Refusing:
        def get_paginator(self, _: str) -> "Refusing":
            return self

        def paginate(self, **_: Any) -> list[Any]:
            marker = {"Key": "a.jpg", "VersionId": "v1", "IsLatest": True, "LastModified": LONG_AGO}
            return [{"DeleteMarkers": [marker]}, {}]

        def delete_objects(self, **_: Any) -> Any:
            return {"Errors": [{"Key": "a.jpg", "Code": "AccessDenied"}]}

    with pytest.raises(UserError, match=r"1 originals are still deleted \(AccessDenied\). Run this again."):
        Deletions(Refusing(), "originals", LONG_AGO).undo()


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-27T03:00", datetime(2026, 11, 27, 3, tzinfo=UTC)),
        ("2026-11-27", datetime(2026, 11, 27, tzinfo=UTC)),
        ("2026-11-27T03:00:30+01:00", datetime(2026, 11, 27, 3, 0, 30, tzinfo=timezone(timedelta(hours=1)))),
    ],
    ids=["minute", "day", "offset"],
)
def test_time_is_utc_unless_it_has_an_offset(text: str, time: datetime) -> None:
    assert parse_time(text) == time


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01"])
def test_invalid_time_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="Invalid SINCE"):
        parse_time(text)
