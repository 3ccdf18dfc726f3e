import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.images.metadata.captions import MAX_CAPTION_CHARACTERS, clean_text, combine_caption
from chalicelib.images.metadata.fields import Fields


def caption(title: str = "", description: str = "", comment: str = "", camera: str | None = None) -> str | None:
    return combine_caption([Fields(title=title, description=description, comment=comment)], camera)


@pytest.mark.parametrize(
    ("title", "description", "expected"),
    [
        ("Lisbon", "The dog on the beach.", "Lisbon\n\nThe dog on the beach."),
        ("Lisbon", "", "Lisbon"),
        ("", "The dog", "The dog"),
        ("Lisbon", "Lisbon", "Lisbon"),
        ("Lisbon", "Lisbon at dawn", "Lisbon at dawn"),
        ("Lisbon at dawn", "Lisbon", "Lisbon at dawn"),
        (" ", "\n", None),
        ("SONY DSC", "The dog", "The dog"),
    ],
)
def test_title_and_description_are_one_text(title: str, description: str, expected: str | None) -> None:
    assert caption(title, description) == expected


def test_title_and_description_may_be_in_different_blocks() -> None:
    first, second = Fields(description="The dog"), Fields(title="Lisbon", description="A dog")
    assert combine_caption([first, second], None) == "Lisbon\n\nThe dog"


@pytest.mark.parametrize(
    "text",
    ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "KONICA MINOLTA DIGITAL CAMERA", "Digital Camera", "SAMSUNG",
     "KODAK Digital Still Camera", "<Digimax i50 MP3, Samsung #1 MP3>", "<KENOX S730  / Samsung S730>", "oznorWO",
     "DCIM\\106FPLAN\\DJI_0012.TIF", "DSC00006", "IMG_1234.JPG", "DCF 1.0", "Minolta DSC", "EPSON DSC picture",
     "binary comment", "Exif_JPEG_PICTURE", "Created with GIMP", "- - -", "???", "X100", "Fuji X100"],
)  # fmt: skip
def test_text_of_a_camera_or_program_is_no_caption(text: str) -> None:
    assert caption(text, text, text, camera="Fuji X100") is None


@pytest.mark.parametrize(
    "text",
    ["My digital camera", "Samsung", "Monday", "Dav", "NYC2024", "APOLLO 11", "Fuji", "<3 <3", "❤️", "日本", "Route 66"],
)
def test_text_of_a_person_is_a_caption(text: str) -> None:
    assert caption(description=text, camera="Fuji X100") == text


@pytest.mark.parametrize("comment", ["<?xml?><a>b</a>", "&lt;?xml", '{"a": 1}', "a5" * 32, "\ufffd\ufffd3"])
def test_comment_that_no_person_writes_is_no_caption(comment: str) -> None:
    assert caption(comment=comment) is None


def test_comment_counts_if_there_is_nothing_else() -> None:
    assert caption(comment="Hello world") == "Hello world"
    assert caption(title="Lisbon", comment="Hello world") == "Lisbon"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("one\n\n\n \n\ntwo\n", "one\n\ntwo"),
        ("a\0hidden", "a"),
        ("\x1b[2Ja\x07\tb", "[2Ja b"),
        ("\u202egpj.exe\u202c", "gpj.exe"),
        ("\ufeffa\u200bb", "ab"),
        ("👩‍🚀 ❤️", "👩‍🚀 ❤️"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_lines_stay_and_invisible_characters_go(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_caption_of_a_megabyte_is_cut() -> None:
    assert caption("t" * 1_000_000, "d" * 1_000_000) == "t" * MAX_CAPTION_CHARACTERS


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=300))
def test_cleaned_text_is_clean(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert "\0" not in cleaned
    assert "\r" not in cleaned
