"""Names of files that every file system accepts."""

from itertools import islice

import pytest

from tintype_cli.export.names import candidates, fold, safe_name, sidecar_path


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("a.jpg", "a.jpg"),
        ("a/b\\c:d.jpg", "a_b_c_d.jpg"),
        ("  .hidden.jpg. ", "hidden.jpg"),
        (".jpg", "jpg"),
        ("a .jpg", "a.jpg"),
        ("nul.txt", "_nul.txt"),
        ("..", "photo"),
        ("", "photo"),
        ("\u202egpj.exe", "gpj.exe"),
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
    ],
)
def test_safe_name(filename: str, expected: str) -> None:
    assert safe_name(filename) == expected


def test_long_name_keeps_extension() -> None:
    name = safe_name("ä" * 300 + ".jpeg")
    assert len(name.encode()) <= 180
    assert name.endswith("ä.jpeg")


def test_candidates_are_numbered_and_short() -> None:
    assert list(islice(candidates("a.jpg"), 3)) == ["a.jpg", "a (2).jpg", "a (3).jpg"]
    assert all(len(name.encode()) <= 180 for name in islice(candidates("ä" * 300), 20))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("originals/a.jpg", "originals/a.jpg.xmp"),
        ("originals/a.CR3", "originals/a.xmp"),
        ("originals/a.dng", "originals/a.xmp"),
        ("originals/a", "originals/a.xmp"),
    ],
)
def test_sidecar_path(path: str, expected: str) -> None:
    assert sidecar_path(path) == expected


def test_names_that_differ_in_case_or_composition_are_one() -> None:
    assert fold("CAFÉ.JPG") == fold("cafe\u0301.jpg")
    assert fold("a.jpg") != fold("b.jpg")
