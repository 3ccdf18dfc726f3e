"""Files as they are hashed and sent."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from tests.cli.imports.sources import photo
from tintype_cli.imports.hashing import ChangedFileError, VerifiedFile, hash_photo

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"  # of "test"


def test_hash_is_sha256() -> None:
    assert hash_photo(photo("a.jpg", b"test")) == DIGEST


def test_entry_of_zip_is_sent_as_it_is_with_its_size(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.jpg", b"test")
    with ZipFile(tmp_path / "a.zip") as archive, archive.open("a.jpg") as entry:
        file = VerifiedFile(entry, 4, DIGEST)  # type: ignore[arg-type]
        request = httpx.Request("POST", "https://bucket.test", data={"key": "k"}, files={"file": ("a.jpg", file)})  # type: ignore[dict-item]
        content = request.read()
    assert int(request.headers["Content-Length"]) == len(content)
    assert b"\r\n\r\ntest\r\n--" in content


def test_file_with_other_bytes_fails_at_its_end() -> None:
    file = VerifiedFile(BytesIO(b"tent"), 4, DIGEST)
    assert file.read(4) == b"tent"
    with pytest.raises(ChangedFileError):
        file.read(4)
