"""Copies of one photo are found by their bytes."""

import io
import zlib
from collections.abc import Callable
from typing import BinaryIO

from tintype_cli.sources.files import FileEntry
from tintype_cli.sources.takeout.copies import Copy, group_copies, merge_documents
from tintype_cli.sources.takeout.documents import PhotoDocument
from tintype_cli.sources.takeout.names import Match


def fail() -> BinaryIO:
    raise OSError("not to be read")


def copy(path: str, data: bytes, opener: Callable[[], BinaryIO] | None = None, *, is_zip: bool = False) -> Copy:
    crc = zlib.crc32(data) if is_zip else None
    return Copy(FileEntry(path, len(data), 0.0, opener or (lambda: io.BytesIO(data)), crc), path.partition("/")[0])


def paths(*copies: Copy) -> list[list[str]]:
    return [[each.entry.path for each in group] for group in group_copies(copies)]


def test_same_bytes_are_one_photo_whatever_they_are_called() -> None:
    assert paths(copy("a/1.jpg", b"same"), copy("b/2.jpg", b"same"), copy("c/1.jpg", b"else")) == [
        ["a/1.jpg", "b/2.jpg"],
        ["c/1.jpg"],
    ]


def test_in_zips_and_on_disk() -> None:
    assert paths(copy("a/1.jpg", b"same", is_zip=True), copy("b/1.jpg", b"same")) == [["a/1.jpg", "b/1.jpg"]]


def test_only_files_of_the_same_size_are_read() -> None:
    in_zip = copy("a/1.jpg", b"12", fail, is_zip=True), copy("a/2.jpg", b"12", fail, is_zip=True)
    assert paths(*in_zip, copy("a/3.jpg", b"123", fail)) == [["a/1.jpg", "a/2.jpg"], ["a/3.jpg"]]


def test_files_that_cannot_be_read_stay_apart() -> None:
    assert paths(copy("a/1.jpg", b"1", fail), copy("a/2.jpg", b"1", fail)) == [["a/1.jpg"], ["a/2.jpg"]]


def test_own_documents_come_first() -> None:
    entry = copy("a/1.jpg", b"").entry
    shared = Copy(entry, "a", PhotoDocument("1.jpg", "shared", 5, people=("A",), is_favorite=True), Match.SHARED)
    own = Copy(entry, "b", PhotoDocument("1.jpg", "", 3, people=("B",), is_trashed=True), Match.OWN)
    assert merge_documents([shared, own, Copy(entry, "c")]) == PhotoDocument(
        "1.jpg", "shared", 3, people=("B", "A"), is_favorite=True
    )
    assert merge_documents([Copy(entry, "c")]) is None
