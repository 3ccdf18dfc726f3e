"""Objects that MiniStack 1.5 kept itself: the files below are as it writes them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from local.ministack.objects.opening import sweep
from local.ministack.objects.takeover import adopt_objects
from tests.local.ministack.objects.conftest import PLAIN, VERSIONED, S3Client, close_client, open_client

ACCOUNT = "000000000000"
ONE, TWO, THREE, MARKER = "11111111-1", "22222222-2", "33333333-3", "44444444-4"


def describe(version_id: str | None, data: bytes, second: int) -> dict[str, Any]:
    """What MiniStack says about a version."""
    return {
        "version_id": version_id,
        "content_type": "image/jpeg",
        "content_encoding": None,
        "etag": f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"',
        "last_modified": f"2026-11-20T12:00:{second:02d}.123Z",
        "size": len(data),
        "metadata": {"x-amz-meta-tags": "caf%C3%A9"},
        "preserved_headers": {"cache-control": "private", "x-amz-server-side-encryption": "AES256"},
        "storage_class": "STANDARD",
        "checksums": {"CRC32": "AAAAAA=="},
    }


def write(path: Path, data: bytes | None, meta: Mapping[str, Any] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if data is not None:
        path.write_bytes(data)
    if meta is not None:
        path.with_name(f"{path.name}.meta.json").write_text(json.dumps(meta))


def write_versions(root: Path, key: str, stored: Path, versions: Sequence[tuple[str, bytes | None]]) -> None:
    """A key of the versioned bucket with these versions, oldest first; None is a delete marker."""
    described = [
        describe(version_id, data, number)
        if data is not None
        else {"version_id": version_id, "last_modified": "2026-11-20T12:00:59Z", "is_delete_marker": True}
        for number, (version_id, data) in enumerate(versions)
    ]
    tags = {version_id: {"of": version_id} for version_id, data in versions if data is not None}
    write(root / ACCOUNT / VERSIONED / stored, None, {**described[-1], "versions": described, "tags": tags, "key": key})
    for version_id, data in versions[:-1]:
        if data is not None:
            write(root / ".versions" / ACCOUNT / VERSIONED / version_id / stored, data)
    if versions[-1][1] is not None:
        write(root / ACCOUNT / VERSIONED / stored, versions[-1][1])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A data directory of MiniStack."""
    root = tmp_path / "old"
    bucket = root / ACCOUNT / PLAIN
    write(bucket / "o" / "a b.jpg", b"plain", describe(None, b"plain", 1) | {"key": "o/a b.jpg"})
    write(bucket / "without sidecar", b"bytes")
    write(bucket / "damaged sidecar", b"bytes")
    write(bucket / "damaged sidecar.meta.json", b'{"conte')
    encoded = hashlib.sha256(b"k" * 1000).hexdigest()
    write(bucket / ".ministack-keys" / f"sha256-{encoded}", b"long", describe(None, b"long", 2) | {"key": "k" * 1000})
    write(bucket / ".ministack-keys" / "a%2F%2Fb", b"double", describe(None, b"double", 3) | {"key": "a//b"})
    (bucket / "unfinished.jpg.tmp").write_bytes(b"half")
    write_versions(root, "v.jpg", Path("v.jpg"), [(ONE, b"one"), (TWO, b"two!"), (THREE, b"three")])
    write_versions(root, "gone.jpg", Path("gone.jpg"), [(ONE, b"gone"), (MARKER, None)])
    write_versions(root, "x//y", Path(".ministack-keys/x%2F%2Fy"), [(ONE, b"x1"), (TWO, b"x2")])
    return root


@pytest.fixture
def files_before(old: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}


def test_every_version_is_there_with_its_metadata(old: Path, files_before: dict[Path, bytes], tmp_path: Path) -> None:
    assert adopt_objects(old, tmp_path / "new") == 5 + 3 + 2 + 2
    s3 = open_client(tmp_path / "new")
    expected = {"o/a b.jpg": b"plain", "without sidecar": b"bytes", "damaged sidecar": b"bytes"}
    expected |= {"k" * 1000: b"long", "a//b": b"double"}
    assert {key: s3.get(PLAIN, key).data for key in expected} == expected
    got = s3.get(PLAIN, "o/a b.jpg", x_amz_checksum_mode="ENABLED").headers
    assert got["last-modified"] == "Fri, 20 Nov 2026 12:00:01 GMT"
    assert (got["content-type"], got["cache-control"], got["x-amz-meta-tags"]) == ("image/jpeg", "private", "caf%C3%A9")
    assert got["etag"] == f'"{hashlib.md5(b"plain", usedforsecurity=False).hexdigest()}"'
    assert got["x-amz-checksum-crc32"] == "AAAAAA=="
    assert s3.send("GET", f"/{PLAIN}").texts("Contents/Key") == sorted(expected)
    check_versions(s3)
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == files_before
    swept = sweep(s3.storage, tmp_path / "damaged")
    assert (swept.missing, swept.damaged, swept.unknown) == (0, 0, 0)
    close_client(s3)


def check_versions(s3: S3Client) -> None:
    assert s3.get(VERSIONED, "v.jpg").data == b"three"
    listed = s3.send("GET", f"/{VERSIONED}?versions&prefix=v.jpg")
    assert listed.texts("Version/VersionId") == [THREE, TWO, ONE]
    assert listed.texts("Version/IsLatest") == ["true", "false", "false"]
    for version_id, data in ((ONE, b"one"), (TWO, b"two!"), (THREE, b"three")):
        assert s3.get(VERSIONED, "v.jpg", f"versionId={version_id}").data == data
        assert s3.get(VERSIONED, "v.jpg", f"tagging&versionId={version_id}").texts("TagSet/Tag/Value") == [version_id]
    hidden = s3.get(VERSIONED, "gone.jpg")
    assert (hidden.status, hidden.headers["x-amz-version-id"]) == (404, MARKER)
    assert s3.get(VERSIONED, "gone.jpg", f"versionId={ONE}").data == b"gone"
    assert [s3.get(VERSIONED, "x//y", f"versionId={each}").data for each in (ONE, TWO)] == [b"x1", b"x2"]
    s3.send("DELETE", f"/{VERSIONED}/gone.jpg?versionId={MARKER}")
    assert s3.get(VERSIONED, "gone.jpg").data == b"gone"


def test_files_are_shared_and_outlive_each_other(old: Path, tmp_path: Path) -> None:
    adopt_objects(old, tmp_path / "new")
    s3 = open_client(tmp_path / "new")
    source = old / ACCOUNT / PLAIN / "o" / "a b.jpg"
    assert source.stat().st_nlink == 2
    s3.send("DELETE", f"/{PLAIN}/o/a%20b.jpg")
    assert source.read_bytes() == b"plain"
    close_client(s3)


def test_nothing_to_adopt(tmp_path: Path) -> None:
    assert adopt_objects(tmp_path / "missing", tmp_path / "new") == 0
