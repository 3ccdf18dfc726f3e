import io
import os
import shutil
import stat
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pytest

from chalicelib.bundles.zip.archive import MAX_ENTRY_OVERHEAD, Archive
from chalicelib.bundles.zip.building import IMAGE_GONE
from chalicelib.bundles.zip.naming import MAX_NAME_BYTES

MOMENT = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
PHOTOS = {
    "plain.jpg": b"sea",
    "🏖️ naïve café 写真.jpg": bytes(range(256)) * 100,
    "empty.jpg": b"",
    "n" * (MAX_NAME_BYTES - 4) + ".jpg": b"long",
    "like a zip.jpg": b"PK\x03\x04PK\x07\x08PK\x01\x02PK\x05\x06",
}
READERS = {
    "unzip": ["unzip", "-q", "-d", "out", "volume.zip"],
    "7z": ["7z", "x", "-oout", "volume.zip"],
    "bsdtar": ["bsdtar", "-x", "-C", "out", "-f", "volume.zip"],
}


def zipped(photos: dict[str, bytes], moment: datetime = MOMENT) -> bytes:
    archive, into = Archive(), io.BytesIO()
    for name, data in photos.items():
        into.writelines(archive.add(name, moment, len(data), [data[:3], data[3:]]))
    into.writelines(archive.close())
    return into.getvalue()


def infos(data: bytes) -> list[ZipInfo]:
    with ZipFile(io.BytesIO(data)) as volume:
        assert volume.testzip() is None
        return volume.infolist()


@pytest.mark.parametrize("reader", READERS)
def test_common_zip_tools_extract_every_photo(tmp_path: Path, reader: str) -> None:
    if not shutil.which(reader):
        pytest.skip(f"{reader} is not installed")
    (tmp_path / "volume.zip").write_bytes(zipped(PHOTOS))
    (tmp_path / "out").mkdir()
    process = subprocess.run(
        READERS[reader], cwd=tmp_path, env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}, capture_output=True
    )
    assert process.returncode == 0, process.stdout + process.stderr
    unpacked = {path.name: path for path in (tmp_path / "out").iterdir()}
    assert {name: path.read_bytes() for name, path in unpacked.items()} == PHOTOS
    assert {stat.S_IMODE(path.stat().st_mode) & 0o700 for path in unpacked.values()} == {0o600}
    assert {path.stat().st_mtime for path in unpacked.values()} == {MOMENT.timestamp()}


def test_entries_are_uncompressed_with_complete_headers() -> None:
    for info in infos(zipped(PHOTOS)):
        assert info.compress_type == ZIP_STORED
        assert info.external_attr >> 16 == stat.S_IFREG | 0o644
        assert info.create_system == 3
        assert bool(info.flag_bits & 0x800) == (not info.filename.isascii())
        assert info.flag_bits & 0x08
        assert info.file_size == len(PHOTOS[info.filename])


def test_archive_is_streamed_piece_by_piece() -> None:
    chunks = list[bytes]()

    def pieces() -> Iterable[bytes]:
        for piece in (b"one", b"two", b"three"):
            yield piece
            assert chunks[-1] == piece

    archive = Archive()
    chunks.extend(archive.add("warm up.jpg", MOMENT, 0, []))
    for data in archive.add("a.jpg", MOMENT, 11, pieces()):
        chunks.append(data)
    assert b"".join(chunks).count(b"onetwothree") == 1


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC), (2024, 2, 29, 23, 59, 58)),
        (datetime(2024, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), (2024, 2, 29, 23, 0, 0)),
        (datetime(1979, 12, 31, 23, 59, 59, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(1826, 6, 1, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(2108, 1, 1, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))), (1980, 1, 1, 0, 0, 0)),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))), (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_dates_are_in_utc_and_within_the_zip_range(moment: datetime, expected: tuple[int, ...]) -> None:
    (info,) = infos(zipped({"a.jpg": b"sea"}, moment))
    assert info.date_time == expected


def test_zip_of_more_than_65535_entries_is_readable() -> None:
    files = {f"{n}.jpg": b"" for n in range(65_537)}
    assert [info.filename for info in infos(zipped(files))] == list(files)


def test_entry_overhead_is_within_the_estimate() -> None:
    name = "é" * (MAX_NAME_BYTES // 2)
    overhead = len(zipped({name: b""})) - len(zipped({}))
    listed = len(f"{name}: {IMAGE_GONE}\n".encode())
    assert overhead + listed < MAX_ENTRY_OVERHEAD - 100  # zip64 adds 20, 8 and 28 bytes
