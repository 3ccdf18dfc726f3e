"""Measures commands that bring files into a library, or copy and compare one, as processes of their own."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.imports.commands import Usage, run_command
from benchmarks.library.http import Connection
from benchmarks.library.ingest import count_photos, wait_until_counted
from local.data_dir import PROJECT
from local.demo.client import LibraryClient
from local.library import Library, run_library
from local.ports import Ports, free_ports


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """Files brought into an empty library, and the same command again.

    `sent_seconds` and `processed_seconds` are from the start of the command until the storage had the last file, and
    until the library had processed the last photo.
    """

    sent_seconds: float
    processed_seconds: float
    first: Usage
    again: Usage


@dataclass(frozen=True, slots=True)
class Tintype:
    """The commands of `tintype`, in the order in which they ran."""

    imported: BroughtIn
    exported: Usage
    exported_again: Usage
    verified: Usage


def measure_tintype(folder: Path, files: Path, count: int) -> Tintype:
    """Import files into a new library, export it, and verify the export."""
    with run_library(folder / "imported", Ports(*free_ports(3))) as library:
        key = _create_key(library)
        variables = {"TINTYPE_URL": library.api_url, "TINTYPE_KEY": key, "PYTHONPATH": str(PROJECT / "cli")}
        environment = os.environ | variables
        state, export = str(folder / "state.sqlite"), str(folder / "export")

        def tintype(*arguments: str) -> Usage:
            return run_command([sys.executable, "-m", "tintype_cli", *arguments], environment)

        bring_in = ("import", "--from", str(files), "--folders", "none", "--yes", "--state", state)
        started_at = time.time()
        first = tintype(*bring_in)
        processed_seconds = first.seconds  # the command has waited
        assert count_photos(Connection(library.ports.api, key)) == count
        imported = BroughtIn(_last_stored_at(library) - started_at, processed_seconds, first, tintype(*bring_in))
        exported, exported_again = (tintype("export", "--to", export) for _ in range(2))
        return Tintype(imported, exported, exported_again, tintype("verify", "--to", export))


def measure_sync(folder: Path, files: Path, count: int, aws: str) -> BroughtIn:
    """Copy files into the bucket of a new library with `aws s3 sync`."""
    with run_library(folder / "synced", Ports(*free_ports(3))) as library:
        key = _create_key(library)
        environment = os.environ | library.provisioned.environment()
        bucket = library.provisioned.outputs["OriginalsBucket"]
        sync = (aws, "s3", "sync", "--only-show-errors", str(files), f"s3://{bucket}/")
        started_at = time.time()
        first = run_command(sync, environment)
        wait_until_counted(Connection(library.ports.api, key), count)
        processed_seconds = time.time() - started_at
        sent_seconds = _last_stored_at(library) - started_at
        return BroughtIn(sent_seconds, processed_seconds, first, run_command(sync, environment))


def _create_key(library: Library) -> str:
    """A new API key of the demo user."""
    body = {"name": "benchmark", "can": ["read", "upload", "manage", "share"]}
    return str(LibraryClient(library.ports.api, library.token).request("POST", "/keys", body)["key"])


def _last_stored_at(library: Library) -> float:
    """When the newest original was stored, Unix time."""
    bucket = library.provisioned.outputs["OriginalsBucket"]
    pages = library.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return float(max(item["LastModified"].timestamp() for page in pages for item in page["Contents"]))
