"""Zips, whole and damaged, are read without being unpacked."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tintype_cli.photos import Problem
from tintype_cli.sources.files import FileEntry
from tintype_cli.sources.zips import first_name, list_zip

GIGABYTE = 1024**3
MEMORY = 8 * 1024 * 1024  # bytes, whatever the size of the zip


class Pipe(io.RawIOBase):
    """Collects what is written: as zips to a pipe, members get their sizes after their data."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.data += data
        return len(data)


def files_of(path: Path) -> dict[str, bytes]:
    return {entry.path: read(entry) for entry in list_zip(path, "x.zip") if isinstance(entry, FileEntry)}


def problems_of(path: Path) -> dict[str, str]:
    return {item.path: item.reason for item in list_zip(path, "x.zip") if isinstance(item, Problem)}


def read(entry: FileEntry) -> bytes:
    with entry.open() as file:
        data = file.read()
    assert len(data) == entry.size
    return data


def zip_bytes(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, piped: bool = False) -> bytes:
    pipe, file = Pipe(), io.BytesIO()
    with zipfile.ZipFile(pipe if piped else file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return bytes(pipe.data) if piped else file.getvalue()


FILES = {"a.jpg": b"first" * 300, "Fotos/b.jpg": bytes(range(256)) * 9, "empty.jpg": b"", "é.json": b"{}"}
PATHS = {f"x.zip/{name}": data for name, data in FILES.items()}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def write_zip(data: bytes) -> Path:
        path = tmp_path / "x.zip"
        path.write_bytes(data)
        return path

    return write_zip


def test_members_are_files_that_can_be_read_again_and_from_any_place(write: Callable[[bytes], Path]) -> None:
    path = write(zip_bytes(FILES))
    assert files_of(path) == PATHS
    entry = next(item for item in list_zip(path, "x.zip") if isinstance(item, FileEntry))
    with entry.open() as file, entry.open() as other:
        assert file.seek(0, io.SEEK_END) == entry.size == 1500
        assert file.read() == b""
        assert (file.seek(7), file.read(6), file.tell()) == (7, b"rstfir", 13)
        assert (file.seek(0), file.read()) == (0, FILES["a.jpg"])
        assert other.read(5) == b"first"
    assert first_name(path) == "a.jpg"


def test_large_members_are_read_again_from_the_beginning(write: Callable[[bytes], Path]) -> None:
    data = bytes(number % 251 for number in range(300_000))
    entry = next(item for item in list_zip(write(zip_bytes({"a.jpg": data})), "x.zip") if isinstance(item, FileEntry))
    with entry.open() as file:
        for start in (0, 250_000, 100_000, 0):
            file.seek(start)
            assert file.read() == data[start:]


@pytest.mark.parametrize(
    ("method", "piped"), [(zipfile.ZIP_STORED, False), (zipfile.ZIP_DEFLATED, False), (zipfile.ZIP_DEFLATED, True)]
)
def test_zip_cut_anywhere_gives_what_is_before_the_cut(
    write: Callable[[bytes], Path], method: int, piped: bool
) -> None:
    data = zip_bytes(FILES, method=method, piped=piped)
    starts = [at for at in range(len(data)) if data[at : at + 4] in {b"PK\x03\x04", b"PK\x01\x02"}][: len(FILES) + 1]
    for length in range(4, len(data) - 22, 17):
        path = write(data[:length])
        whole = sum(end <= length for end in starts[1:])
        assert files_of(path) == dict(list(PATHS.items())[:whole]), length
        problems = problems_of(path)
        assert f"The {whole} files in its first {starts[whole]} bytes" in problems["x.zip"].replace(",", ""), length
        for name, reason in problems.items():
            assert name == "x.zip" or (
                name == list(PATHS)[whole] and reason.startswith("The zip ends within this file.")
            )


def test_zip_of_60_gb_cut_short_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Takeout/a.jpg", b"first")
        _write_sparse(archive, "Takeout/b.mp4", 60 * GIGABYTE)
        archive.writestr("Takeout/c.jpg", b"last")
        end = archive.start_dir
    with path.open("r+b") as file:
        file.truncate(end + 10)
    tracemalloc.start()
    entries = [item for item in list_zip(path, "x.zip") if isinstance(item, FileEntry)]
    with entries[1].open() as video:
        assert video.read(1000) == bytes(1000)
    assert [read(entries[0]), entries[1].size, read(entries[2])] == [b"first", 60 * GIGABYTE, b"last"]
    assert tracemalloc.get_traced_memory()[1] < MEMORY
    tracemalloc.stop()


def test_whole_zip_of_60_gb_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        _write_sparse(archive, "Takeout/b.mp4", 60 * GIGABYTE)
        archive.writestr("Takeout/c.jpg", b"last")
    tracemalloc.start()
    entries = [item for item in list_zip(path, "x.zip") if isinstance(item, FileEntry)]
    assert [entries[0].size, read(entries[1])] == [60 * GIGABYTE, b"last"]
    assert tracemalloc.get_traced_memory()[1] < MEMORY
    tracemalloc.stop()


def _write_sparse(archive: zipfile.ZipFile, name: str, size: int) -> None:
    """A stored member of zeros that takes no place on disk; its CRC-32 is wrong."""
    info = zipfile.ZipInfo(name)
    with archive.open(info, "w", force_zip64=True):
        pass
    file = archive.fp
    assert file
    info.file_size = info.compress_size = size
    file.seek(info.header_offset)
    file.write(info.FileHeader(zip64=True))
    archive.start_dir = file.seek(size, io.SEEK_CUR)


def test_much_data_in_a_small_cut_zip_is_unpacked_in_little_memory(write: Callable[[bytes], Path]) -> None:
    data = zip_bytes({"a.jpg": bytes(64 * 1024 * 1024), "b.jpg": b"second"}, piped=True)
    path = write(data[: data.index(b"PK\x01\x02")])
    tracemalloc.start()
    sizes = [item.size for item in list_zip(path, "x.zip") if isinstance(item, FileEntry)]
    assert tracemalloc.get_traced_memory()[1] < MEMORY
    tracemalloc.stop()
    assert sizes == [64 * 1024 * 1024, 6]


def test_damaged_member_raises_a_sentence_while_it_is_read(write: Callable[[bytes], Path]) -> None:
    data = bytearray(zip_bytes(FILES, method=zipfile.ZIP_STORED))
    data[data.index(b"first") + 700] ^= 1
    for damaged in (bytes(data), bytes(data[: data.index(b"PK\x01\x02")])):
        entries = [item for item in list_zip(write(damaged), "x.zip") if isinstance(item, FileEntry)]
        assert len(entries) == len(FILES)
        with entries[0].open() as file, pytest.raises(OSError, match=r"The zip is damaged at x\.zip/a\.jpg: "):
            file.read()
        assert read(entries[1]) == FILES["Fotos/b.jpg"]


def test_damage_within_unpacked_data_ends_a_cut_zip(write: Callable[[bytes], Path]) -> None:
    data = bytearray(zip_bytes(FILES, piped=True))
    data = data[: data.index(b"PK\x01\x02")]
    at = data.index(b"Fotos/b.jpg") + 11
    data[at : at + 20] = b"\xff" * 20
    path = write(bytes(data))
    assert list(files_of(path)) == ["x.zip/a.jpg"]
    assert problems_of(path)["x.zip/Fotos/b.jpg"].startswith("The zip is damaged within this file.")


@pytest.mark.parametrize("data", [b"", b"PK", b"nothing of a zip", b"PK\x05\x06", b"PK\x03\x04"])
def test_other_files_are_reported(write: Callable[[bytes], Path], data: bytes) -> None:
    path = write(data)
    assert files_of(path) == {}
    assert list(problems_of(path)) == ["x.zip"]


def test_missing_zip_is_reported(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.zip") == {"x.zip": "This zip can't be read: No such file or directory."}


def test_two_members_of_one_name_have_paths_of_their_own(write: Callable[[bytes], Path]) -> None:
    data = zip_bytes({"a.jpg": b"1", "b.jpg": b"2"}).replace(b"b.jpg", b"a.jpg")
    assert files_of(write(data)) == {"x.zip/a.jpg": b"1", "x.zip#2/a.jpg": b"2"}


def test_encrypted_members_are_reported(write: Callable[[bytes], Path]) -> None:
    data = bytearray(zip_bytes({"a.jpg": b"1", "b.jpg": b"2"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    path = write(bytes(data))
    assert (list(files_of(path)), problems_of(path)) == (["x.zip/b.jpg"], {"x.zip/a.jpg": "This file is encrypted."})
    path = write(bytes(data[: data.index(b"PK\x01\x02")]))
    assert (files_of(path), problems_of(path)["x.zip/a.jpg"][:23]) == ({}, "This file is encrypted,")


def test_utf_8_without_its_flag_is_read_as_such(write: Callable[[bytes], Path]) -> None:
    data = zip_bytes({"e\u0301.jpg": b"1"}).replace(b"\x00\x08", b"\x00\x00")
    assert list(files_of(write(data))) == ["x.zip/e\u0301.jpg"]
