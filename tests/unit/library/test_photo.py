import pytest

from chalicelib.errors import Invalid
from chalicelib.library.photo import (
    HIDDEN_STATES,
    State,
    Visibility,
    clean_filename,
    clean_tag,
    clean_tags,
    clean_visibility,
    clean_weight,
    filename_for_type,
    truncate_filename,
)
from tests.support.factories import OWNER, photo


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("Beach", "beach"),
        ("  golden   hour ", "golden hour"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("ﬁsh", "fish"),
        ("Cafe\u0301", "café"),
        ("cat\x00\x07", "cat"),
    ],
)
def test_a_tag_is_stored_in_one_form(word: str, tag: str) -> None:
    assert clean_tag(word) == tag


@pytest.mark.parametrize("word", ["", "   ", "\x00", "x" * 65, "*", "!rejected"])
def test_what_is_no_tag_is_refused(word: str) -> None:
    with pytest.raises(Invalid, match="tag"):
        clean_tag(word)


def test_tags_are_kept_once_in_the_order_given() -> None:
    assert clean_tags(["Sea", "beach", "SEA"]) == ("sea", "beach")


def test_more_than_twenty_tags_are_refused() -> None:
    with pytest.raises(Invalid, match="at most 20"):
        clean_tags([str(n) for n in range(21)])


@pytest.mark.parametrize(
    ("given", "millionths"), [("0.5", 500_000), (0.000001, 1), ("0.999999", 999_999), (" .25 ", 250_000)]
)
def test_a_weight_is_kept_in_millionths(given: object, millionths: int) -> None:
    assert clean_weight(given) == millionths


@pytest.mark.parametrize(
    "given",
    [0, 1, -1, "0", "1", "NaN", "sNaN", "inf", "1e-9", "1e999999999", "0.1234567", "abc", "", None, True, [], "٠.٥x"],
)
def test_what_is_no_weight_is_refused(given: object) -> None:
    with pytest.raises(Invalid, match="weight"):
        clean_weight(given)


def test_visibility_is_public_or_private() -> None:
    assert clean_visibility("public") is Visibility.PUBLIC
    with pytest.raises(Invalid, match="status"):
        clean_visibility("Public")


@pytest.mark.parametrize(
    ("given", "kept"),
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
    ],
)
def test_a_filename_is_one_safe_segment(given: str, kept: str) -> None:
    assert clean_filename(given) == kept


def test_a_long_filename_keeps_its_extension_and_whole_characters() -> None:
    name = clean_filename("🏖" * 200 + ".jpeg")
    assert name.endswith("🏖.jpeg")
    assert len(name.encode()) <= 255


def test_cutting_within_the_limit_changes_nothing() -> None:
    assert truncate_filename("a.jpg", 5) == "a.jpg"


@pytest.mark.parametrize(
    ("filename", "mime", "saved_as"),
    [
        ("a.jpg", "image/jpeg", "a.jpg"),
        ("a.JPEG", "image/jpeg", "a.JPEG"),
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        ("scan.tiff", "image/jpeg", "scan.jpg"),
        ("wrong.png", "image/gif", "wrong.gif"),
        ("Beach", "image/webp", "Beach.webp"),
        ("Beach, 3. May", "image/avif", "Beach, 3. May.avif"),
        ("Dr. No", "image/png", "Dr. No.png"),
    ],
)
def test_in_another_type_a_photo_has_another_extension_and_loses_nothing_of_its_name(
    filename: str, mime: str, saved_as: str
) -> None:
    assert filename_for_type(mime, filename) == saved_as


def test_in_another_type_a_long_name_still_is_one() -> None:
    name = filename_for_type("image/jpeg", "x" * 255)
    assert name.endswith("x.jpg")
    assert len(name) == 255


def test_words_of_people_come_before_what_the_labeller_found() -> None:
    tagged = photo(label="cat", user_tags=("sea", "cat"), labels=("sea", "sand"))
    assert tagged.tags == ("cat", "sea", "sand")


def test_a_photo_has_twenty_tags_at_most_and_peoples_words_are_the_ones_kept() -> None:
    words = tuple(f"w{n}" for n in range(18))
    assert photo(user_tags=words, labels=("a", "b", "c")).tags == (*words, "a", "b")


def test_a_private_photo_is_seen_by_its_owner_alone() -> None:
    private = photo(visibility=Visibility.PRIVATE)
    assert private.visible_to(OWNER)
    assert not private.visible_to("somebody else")
    assert not private.visible_to(None)


@pytest.mark.parametrize("state", [s for s in State if s not in {State.READY, *HIDDEN_STATES}])
def test_a_public_photo_that_is_not_ready_is_seen_by_its_owner_alone(state: State) -> None:
    assert photo(state=state).visible_to(OWNER)
    assert not photo(state=state).visible_to(None)


@pytest.mark.parametrize("state", sorted(HIDDEN_STATES))
def test_a_photo_that_waits_for_its_files_to_go_is_seen_by_nobody(state: State) -> None:
    assert not photo(state=state).visible_to(OWNER)
