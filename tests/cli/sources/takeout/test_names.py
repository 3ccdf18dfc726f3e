"""Which JSON belongs to a file; the made Takeout has the usual names, these are those that could be mistaken."""

import time

import pytest

from tintype_cli.sources.takeout.names import JsonNames, Match, names_media


@pytest.mark.parametrize(
    ("filename", "json_names", "found"),
    [
        # A number belongs to a file of its own.
        ("DSC_0102(1).JPG", ["DSC_0102.JPG(2).json"], None),
        ("DSC_0103.JPG", ["DSC_0103.JPG(1).json"], None),
        ("DSC_0104(1).JPG", ["DSC_0104.JPG.json"], None),
        ("DSC_0104(1).JPG", ["DSC_0104(1).JPG.json", "DSC_0104.JPG(1).json"], "DSC_0104(1).JPG.json"),
        ("PXL_20211013_220651958.jpg", ["PXL_20211013_220651983.jpg.json"], None),
        ("PXL_20220405_090123741.PORTRAIT-modifié.jpg", ["PXL_20220405_090123740.PORTRAIT.jpg.json"], None),
        # A copy that has its own JSON, and a word with digits, which is no word for edited copies.
        ("a-edited.jpg", ["a.jpg.json", "a-edited.jpg.json"], "a-edited.jpg.json"),
        ("a-2.jpg", ["a.jpg.json"], None),
        ("-edited.jpg", [".jpg.json"], None),
        ("a.jpg", [], None),
        ("a.jpg", ["a.jpg.supplemental-metadata.json"], "a.jpg.supplemental-metadata.json"),
        ("a.jpg", ["a.jpg.supplemental-data.json"], None),
        ("a.supp.jpg", ["a.supp.jpg.json"], "a.supp.jpg.json"),
        # Names that begin alike, one of them cut.
        (f"{'x' * 47}.jpg", [f"{'x' * 46}.json", f"{'x' * 45}.json"], f"{'x' * 46}.json"),
        (f"{'x' * 30}.jpg", [f"{'x' * 29}.json"], None),
        # An edited copy of a HEIC is a JPEG.
        ("IMG_1-edited.jpg", ["IMG_1.HEIC.supplemental-metadata.json"], "IMG_1.HEIC.supplemental-metadata.json"),
        ("IMG_1(2).MP4", ["IMG_1.HEIC.json", "IMG_1.HEIC(2).json"], "IMG_1.HEIC(2).json"),
    ],
)
def test_find(filename: str, json_names: list[str], found: str | None) -> None:
    match = JsonNames(json_names).find(filename)
    assert (match[0][0] if match else None) == found


def test_original_and_copy_share_a_json() -> None:
    names = JsonNames(["a.jpg.json"])
    assert names.find("a.jpg") == (["a.jpg.json"], Match.OWN)
    assert names.find("a-edited.jpg") == names.find("a.mp4") == (["a.jpg.json"], Match.SHARED)


def test_names_that_differ_in_case_only_are_both_found() -> None:
    found = JsonNames(["A.jpg.json", "a.jpg.json"]).find("a.jpg")
    assert found == (["a.jpg.json", "A.jpg.json"], Match.OWN)


def test_json_of_albums_names_no_photo() -> None:
    assert [
        names_media(name) for name in ("metadata.json", "métadonnées(2).json", "a.jpg(1).json", "b.MP4.supp.json")
    ] == [
        False,
        False,
        True,
        True,
    ]


def test_hostile_names_take_little_time() -> None:
    names = ["(1)" * 80 + ".json", "." * 200 + ".json", "-" * 200 + ".jpg.json", ".json", "s." * 100 + ".json"]
    index = JsonNames(names)
    start = time.process_time()
    for name in (*names, "\ud800.jpg", "(1).jpg", "-.jpg", "()", ""):
        index.find(name)
    assert time.process_time() - start < 1
