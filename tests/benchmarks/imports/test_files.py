from hashlib import sha256
from io import BytesIO
from pathlib import Path

from benchmarks.imports.files import BETWEEN, LAST, write_files
from chalicelib import images


def test_files_are_small_photos_with_dates_and_different_bytes(tmp_path: Path) -> None:
    size = write_files(tmp_path / "files", 14)
    contents = [path.read_bytes() for path in sorted((tmp_path / "files").iterdir())]
    assert len({sha256(content).hexdigest() for content in contents}) == 14
    assert size == sum(map(len, contents))
    assert 8_000 < size / 14 < 12_000
    rendered = images.render(BytesIO(contents[13]), len(contents[13]))
    assert rendered.metadata.capture_time is not None
    assert rendered.metadata.capture_time.presumed_utc == LAST - 14 * BETWEEN
