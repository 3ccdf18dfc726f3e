"""Which kind of source a path is."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tintype_cli.photos import ImportPhoto, SourceError
from tintype_cli.sources.detect import KINDS, detect


def test_each_kind_is_found_by_what_is_there(tmp_path: Path) -> None:
    files = {
        "export": "catalogue.jsonl",
        "immich": "library/.immich",
        "photoprism": "storage/sidecar/a.yml",
        "takeout": "Takeout/Google Photos/Photos from 2019/a.jpg.json",
        "folder": "a.jpg",
    }
    for kind, file in files.items():
        (tmp_path / kind / file).parent.mkdir(parents=True)
        (tmp_path / kind / file).write_text('{"title": "a.jpg", "photoTakenTime": {"timestamp": "1"}}')
    (tmp_path / "photoprism" / "originals").mkdir()
    assert {kind: detect(tmp_path / kind).name for kind in files} == {kind: KINDS[kind].name for kind in files}


def test_zip_of_takeout_is_a_source_and_other_files_are_not(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "takeout.zip", "w") as archive:
        archive.writestr("Takeout/Google Photos/Photos from 2019/a.jpg", b"photo")
    (tmp_path / "a.txt").write_text("text")
    source = detect(tmp_path / "takeout.zip").open(tmp_path / "takeout.zip", "albums")
    assert [each.filename for each in source.photos() if isinstance(each, ImportPhoto)] == ["a.jpg"]
    with pytest.raises(SourceError, match=r"a\.txt is neither a folder nor a zip of Google Takeout"):
        detect(tmp_path / "a.txt")
