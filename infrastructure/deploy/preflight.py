"""Checks before a deployment changes anything: Python version, stack status and names in use."""

from collections.abc import Iterable

from infrastructure.deploy import location
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.stack import NOT_CREATED, Stacks
from infrastructure.deploy.target import Target

MIN_PYTHON, MAX_PYTHON = (3, 12), (3, 14)  # supported by the pinned wheels; by Chalice 1.34 as Lambda runtime
# `make destroy` never retains these, so existing ones belong to something else.
BUCKETS = ("bundles", "page")
TABLES = ("bundles",)


def check_python(version: tuple[int, int]) -> None:
    """Raise UserError if this Python version is not a Lambda runtime: the functions use the same version."""
    if not MIN_PYTHON <= version <= MAX_PYTHON:
        raise UserError(
            f"Python {_format_version(version)} is not supported as Lambda runtime; use {_format_version(MIN_PYTHON)} "
            f"to {_format_version(MAX_PYTHON)}: `make clean`, then `make deploy PYTHON=python3.12 …`."
        )


def check_stacks(target: Target) -> None:
    """Raise UserError if a stack of this library cannot be updated."""
    stacks = Stacks(target.client("cloudformation"))
    for name in (target.stack_name, target.cdn_stack_name):
        stacks.check_updatable(name)


def check_names(target: Target) -> None:
    """Raise UserError if the library does not exist but a bucket or table of its name does."""
    if Stacks(target.client("cloudformation")).status(target.stack_name) not in NOT_CREATED:
        return
    existing = [*_existing_buckets(target), *_existing_tables(target)]
    if existing:
        raise UserError(
            f"Stack {target.stack_name} does not exist, but these do: {', '.join(existing)}. "
            "Empty and delete them if they are yours, or choose another STAGE."
        )


def _existing_buckets(target: Target) -> Iterable[str]:
    s3 = target.client("s3")
    for name in map(target.bucket_name, BUCKETS):
        if location.bucket_region(s3, name):
            yield f"bucket {name}"


def _existing_tables(target: Target) -> Iterable[str]:
    pages = target.client("dynamodb").get_paginator("list_tables").paginate()
    existing = {name for page in pages for name in page["TableNames"]}
    for name in TABLES:
        if (table := f"{target.stack_name}-{name}") in existing:
            yield f"table {table}"


def _format_version(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
