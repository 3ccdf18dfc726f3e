"""Checks before anything is touched: whether this Python, this account and this stage can carry the library."""

from collections.abc import Iterable

from botocore.exceptions import ClientError

from infrastructure.deploy.errors import Problem
from infrastructure.deploy.stack import NEW, Stacks
from infrastructure.deploy.target import Place

OLDEST, NEWEST = (3, 12), (3, 14)  # what the pinned wheels run on; what Chalice 1.34 names a Lambda runtime for
# What no library keeps when it ends: under these names it is another's.
BUCKETS = ("bundles", "page")
TABLES = ("jobs",)


def python(version: tuple[int, int]) -> None:
    """Raise Problem where the Python that runs this is no Lambda runtime: the functions get the same."""
    if not OLDEST <= version <= NEWEST:
        raise Problem(
            f"This is Python {_told(version)}, and the functions would run on the same; take one from {_told(OLDEST)} "
            f"to {_told(NEWEST)}: `make clean`, then `make deploy PYTHON=python3.12 …`."
        )


def stacks(place: Place) -> None:
    """Raise Problem where a stack of this library takes no change."""
    found = Stacks(place.client("cloudformation"))
    for name in (place.stack, place.cdn_stack):
        found.refuse_broken(name)


def names(place: Place) -> None:
    """Raise Problem where a bucket or table of a library yet to be made is there already."""
    if Stacks(place.client("cloudformation")).status(place.stack) not in NEW:
        return
    taken = [*_buckets_taken(place), *_tables_taken(place)]
    if taken:
        raise Problem(
            f"There is no stack {place.stack}, but {', '.join(taken)} is there: empty and delete it where it is yours, "
            "or choose another STAGE."
        )


def _buckets_taken(place: Place) -> Iterable[str]:
    s3 = place.client("s3")
    for name in map(place.bucket, BUCKETS):
        try:
            s3.head_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "404":
                continue
        yield f"the bucket {name}"


def _tables_taken(place: Place) -> Iterable[str]:
    pages = place.client("dynamodb").get_paginator("list_tables").paginate()
    there = {name for page in pages for name in page["TableNames"]}
    for name in TABLES:
        if (table := f"{place.stack}-{name}") in there:
            yield f"the table {table}"


def _told(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
