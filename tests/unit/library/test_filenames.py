import pytest

from chalicelib.library.filenames import clean_filename, filename_for_type, truncate_filename


@pytest.mark.parametrize(
    ("name", "filename"),
    [
        ("beach.jpg", "beach.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\cat.png", "cat.png"),
        ("a\x00b\nc.jpg", "abc.jpg"),
        ("..", "untitled"),
        ("", "untitled"),
        (".hidden", "hidden"),
        ("naïve 🏖.jpg", "naïve 🏖.jpg"),
        ("e\u0301.jpg", "é.jpg"),
        ("${filename}", "filename"),
        ("\ud800.jpg", "jpg"),
        (". a .jpg. ", "a .jpg"),
        ("$\u200b{filename}.jpg", "filename.jpg"),
        ("می\u200cخواهم.jpg", "می\u200cخواهم.jpg"),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f.jpg",) * 2,
        ("葛\U000e0100.jpg", "葛\U000e0100.jpg"),
        ("a\u200db\u202e.jpg", "ab.jpg"),
        ("\u3164\u200d", "untitled"),
        ("x" * 254 + " .", "x" * 254),
    ],
)
def test_clean_filename_is_one_safe_segment(name: str, filename: str) -> None:
    assert clean_filename(name) == filename


def test_long_filename_is_truncated_before_its_extension_at_a_character() -> None:
    name = clean_filename("🏖" * 200 + ".jpeg")
    assert name.endswith("🏖.jpeg")
    assert len(name.encode()) <= 255


def test_truncate_within_the_limit_changes_nothing() -> None:
    assert truncate_filename("a.jpg", 5) == "a.jpg"


@pytest.mark.parametrize(
    ("filename", "mime", "expected"),
    [
        ("a.jpg", "image/jpeg", "a.jpg"),
        ("a.JPEG", "image/jpeg", "a.JPEG"),
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        ("scan.tiff", "image/jpeg", "scan.jpg"),
        ("IMG_1.CR3", "image/jpeg", "IMG_1.jpg"),
        ("wrong.png", "image/gif", "wrong.gif"),
        ("Beach", "image/webp", "Beach.webp"),
        ("Beach, 3. May", "image/avif", "Beach, 3. May.avif"),
        ("Dr. No", "image/png", "Dr. No.png"),
    ],
)
def test_filename_for_type_replaces_image_extensions_only(filename: str, mime: str, expected: str) -> None:
    assert filename_for_type(mime, filename) == expected


def test_filename_for_type_of_a_long_name_stays_within_the_limit() -> None:
    name = filename_for_type("image/jpeg", "x" * 255)
    assert name.endswith("x.jpg")
    assert len(name) == 255
