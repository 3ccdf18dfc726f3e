import re
import unicodedata
from itertools import chain, repeat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.bundles.zip import unique_names
from chalicelib.bundles.zip.naming import MAX_NAME_BYTES, SKIPPED_LIST_NAME, fold, safe_name

DEVICES = ["CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³")]
HARD = ["/", "\\", "..", ".", " ", ":", "\x00", "\n", "\u202e", "🏖️", "é", "e\u0301", "İ", "ß", "ſ", "(2)", "\ud800"]
PARTS = st.sampled_from([*HARD, *DEVICES, ".jpg", ".JPG", ".txt", "not included", "a", "A", "a" * 150])
FILENAMES = st.one_of(st.text(max_size=300), st.lists(PARTS, max_size=6).map("".join))


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("beach.jpg", "beach.jpg"),
        ("🏖️ naïve café.jpg", "🏖️ naïve café.jpg"),
        ("👨‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿.jpg", "👨‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿.jpg"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("a/b\\c.jpg", "a_b_c.jpg"),
        ("../../etc/passwd", "_._etc_passwd"),
        ('12:30 <what>? "so|so" *.jpg', "12_30 _what__ _so_so_ _.jpg"),
        ("a\x00\x1f\x7f\x85\u2028b.jpg", "ab.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("half\ud83c.jpg", "half.jpg"),
        ("a.jpg. . ", "a.jpg"),
        (" . a .jpg", "a.jpg"),
        (".jpg", "photo.jpg"),
        ("..", "photo"),
        ("", "photo"),
        (" \t", "photo"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("aux.tar.gz", "_aux.tar.gz"),
        ("con .jpg", "_con.jpg"),
        ("con .b.jpg", "_con .b.jpg"),
        ("COM1", "_COM1"),
        ("lpt³.png", "_lpt³.png"),
        ("conin$", "_conin$"),
        ("console.jpg", "console.jpg"),
        ("com10.jpg", "com10.jpg"),
        ("-rf.jpg", "-rf.jpg"),
    ],
)
def test_unsafe_filename_is_replaced_by_a_similar_safe_name(filename: str, name: str) -> None:
    assert list(unique_names([filename])) == [name]


def test_long_name_is_truncated_before_its_extension() -> None:
    assert list(unique_names(["n" * 300 + ".jpeg"])) == ["n" * (MAX_NAME_BYTES - 5) + ".jpeg"]
    (truncated,) = unique_names(["🏖" * 100 + ".jpg"])
    assert re.fullmatch("🏖{40,}.jpg", truncated)
    assert list(unique_names(["CON" + " " * 300 + "x"])) == ["_CON"]


def test_same_names_are_numbered() -> None:
    assert list(unique_names(["a.jpg"] * 3)) == ["a.jpg", "a (2).jpg", "a (3).jpg"]
    assert list(unique_names(["a.tar.gz", "a.tar.gz", "a", "a"])) == ["a.tar.gz", "a.tar (2).gz", "a", "a (2)"]
    first, second = unique_names(["n" * 300 + ".jpg"] * 2)
    assert second == first[: -len(" (2).jpg")] + " (2).jpg"


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.jpg", "A.JPG"), ("é.jpg", "E\u0301.jpg"), ("ß.jpg", "SS.jpg"), ("\u212a.jpg", "k.jpg"), ("ı.jpg", "I.jpg")],
)
def test_names_equal_on_some_file_system_are_numbered(one: str, other: str) -> None:
    assert [name.lower().endswith(" (2).jpg") for name in unique_names([one, other])] == [False, True]


def test_number_already_in_a_filename_is_skipped() -> None:
    assert list(unique_names(["a (2).jpg", "a.jpg", "A.jpg", "a.jpg", "a (2).jpg"])) == [
        "a (2).jpg",
        "a.jpg",
        "A (3).jpg",
        "a (4).jpg",
        "a (2) (2).jpg",
    ]
    assert list(unique_names(["a.jpg", "a.jpg", "a (2).jpg"])) == ["a.jpg", "a (2).jpg", "a (2) (2).jpg"]


def test_name_of_the_skipped_list_is_reserved() -> None:
    assert list(unique_names(["Not Included.TXT", SKIPPED_LIST_NAME])) == [
        "Not Included (2).TXT",
        "not included (3).txt",
    ]


def test_names_leave_room_for_sidecars() -> None:
    filenames = ["a.cr3", "A.NEF", "a.jpg", "a.jpg", "b.jpg.xmp", "b.jpg"]
    assert list(unique_names(filenames, repeat(True))) == [
        *("a.cr3", "A (2).NEF", "a.jpg", "a (2).jpg", "b.jpg.xmp", "b (2).jpg")
    ]
    assert list(unique_names(filenames)) == [*("a.cr3", "A.NEF", "a.jpg", "a (2).jpg", "b.jpg.xmp", "b.jpg")]


def test_10000_same_names_are_numbered_in_linear_time() -> None:
    names = list(unique_names(["IMG_0001.jpg"] * 10_000))
    assert names[-1] == "IMG_0001 (10000).jpg"
    assert len(set(names)) == 10_000


@given(st.lists(FILENAMES, max_size=12))
@example(["a" * 300 + ".jpg", "A" * 250 + ".JPG", "a" * 192 + " (2).jpg"])
def test_names_of_arbitrary_filenames_are_safe_and_unique(filenames: list[str]) -> None:
    names = list(unique_names(filenames))
    assert len(names) == len(filenames)
    assert names == list(unique_names(filenames))
    for name in names:
        assert 0 < len(name.encode()) <= MAX_NAME_BYTES
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]', name)
        assert name == name.strip(" .")
        assert name[0] not in ". "
        assert re.split(r"\s*\.", name)[0].rstrip().upper() not in DEVICES
        assert name == unicodedata.normalize("NFC", name)
    apart = ["not included.txt", *names]
    for fold_like in (str.casefold, str.lower, str.upper, apple_fold):
        assert len({fold_like(name) for name in apart}) == len(apart)


@given(FILENAMES)
@example("con." + "a" * 300)
@example("con" + "a" * 180 + ".." + "a" * 40)
@example("con" + " " * 300 + "x.jpg")
def test_safe_name_is_idempotent(filename: str) -> None:
    assert safe_name(safe_name(filename)) == safe_name(filename)


def test_fold_equates_letters_equal_in_another_case() -> None:
    letters = [chr(code) for code in chain(range(0xD800), range(0xE000, 0x20000))]
    for fold_like in (str.casefold, str.lower, str.upper, apple_fold):
        of: dict[str, str] = {}
        for letter in letters:
            assert fold(letter) == of.setdefault(fold_like(letter), fold(letter)), f"U+{ord(letter):04X} {fold_like}"


def apple_fold(name: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
