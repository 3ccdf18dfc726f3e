from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.accounts.api_keys import parse_name
from chalicelib.accounts.notifications import format_message
from chalicelib.errors import Invalid
from chalicelib.library.filenames import MAX_FILENAME_BYTES, clean_filename
from chalicelib.library.photo import (
    HIDDEN_STATES,
    MILLIONTHS,
    State,
    Visibility,
    clean_tag,
    clean_tags,
    clean_visibility,
    clean_weight,
)
from chalicelib.routes import params
from chalicelib.util.title_case import title_case
from tests.support.factories import OWNER, labels, photo

BLANK = [
    *(
        "",
        "   ",
        "\x00",
        "\u200b",
        "\u200d",
        "\u200c\u200d",
        "\ufe0f",
        "\u3164",
        "\u115f",
        "\uffa0",
        "\u2800",
        "\u00ad",
    ),
    *("\u3000", "\u2060", "\ufeff", "\u180e", "\U000e0020", "\ufffc", "\u061c", "\u2028", "\ue000", "\u17b4"),
]
# Text with many characters that are invisible, compose, fold, or are treated specially.
SPECIAL = "aAéE\u0301ﬁßİıſςǰŉ \t\0.*!/\\${filename}\u034f\u00ad\u200b\u200c\u200d\ufe0f\u3164\u2800\u1160"
SCRIPTS = "سلادوक्षরযාශ්ᠠ\u180b👩❤🏽🚒🏴\U000e0067\U000e007f1\u20e3葛\U000e0100\ufe00\u0600ﷺ각가"
texts = st.text() | st.text(st.sampled_from(SPECIAL + SCRIPTS)) | st.text(st.sampled_from(SCRIPTS), max_size=8)


@given(texts)
@example("a \0 b")
@example("e\u034f\u0301")
@example("ırmak")
def test_cleaned_tag_stays_the_same_and_can_be_found(text: str) -> None:
    try:
        tag = clean_tag(text)
    except Invalid:
        return
    assert clean_tag(tag) == tag
    assert clean_tag(title_case(tag)) == tag
    assert params.tag(tag, "tag") == params.tag(title_case(tag), "tag") == tag


@given(texts)
@example(". a .")
@example("$\0{filename}")
@example("x" * 254 + " .")
def test_other_cleaners_are_idempotent(text: str) -> None:
    filename = clean_filename(text)
    assert clean_filename(filename) == filename
    assert "${filename}" not in filename
    assert 0 < len(filename.encode()) <= MAX_FILENAME_BYTES
    with suppress(Invalid):
        name = parse_name(text)
        assert parse_name(name) == name
    message = format_message(text, text)
    assert format_message(message.subject, text).subject == message.subject


@given(st.integers(1, MILLIONTHS - 1))
def test_cleaned_weight_stays_the_same(weight: int) -> None:
    assert clean_weight(weight / MILLIONTHS) == clean_weight(str(weight / MILLIONTHS)) == weight


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Beach", "beach"),
        ("  golden   hour ", "golden hour"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("ﬁsh", "fish"),
        ("Cafe\u0301", "café"),
        ("cat\x00\x07", "cat"),
        ("a \0 b", "a b"),
        ("e\u034f\u0301", "é"),
        ("cat\u200b", "cat"),
        ("c\u00ada\u2060t\ufeff", "cat"),
        ("\u202ecat\u200e", "cat"),
        ("c\u200ca\u200dt\ufe0f", "cat"),
        ("c\U000e0061t", "ct"),
        ("ねこ\ufe00", "ねこ"),
        ("葛\U000e0100", "葛"),
        ("new\u2800york", "new york"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("دا\u200cر", "دار"),
        ("क्\u200dष", "क्\u200dष"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("র\u200d্যাব", "র\u200d্যাব"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("🐱\ufe0f", "🐱"),
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("👩\u200d❤\ufe0f\u200d👩", "👩\u200d❤\ufe0f\u200d👩"),
        ("👩🏽\u200d🚒", "👩🏽\u200d🚒"),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",) * 2,
        ("🫩", "🫩"),
    ],
)
def test_clean_tag_normalizes(text: str, tag: str) -> None:
    assert clean_tag(text) == tag


@pytest.mark.parametrize("text", [*BLANK, "x" * 65, "*", "!rejected", "\u200b*"])
def test_clean_tag_rejects_invalid_tags(text: str) -> None:
    with pytest.raises(Invalid, match="tag"):
        clean_tag(text)


def test_clean_tags_are_unique_in_the_given_order() -> None:
    assert clean_tags(["Sea", "beach", "SEA"]) == ("sea", "beach")


def test_clean_tags_rejects_more_than_20() -> None:
    with pytest.raises(Invalid, match="at most 20"):
        clean_tags([str(n) for n in range(21)])


@pytest.mark.parametrize(
    ("value", "millionths"), [("0.5", 500_000), (0.000001, 1), ("0.999999", 999_999), (" .25 ", 250_000)]
)
def test_clean_weight_returns_millionths(value: object, millionths: int) -> None:
    assert clean_weight(value) == millionths


@pytest.mark.parametrize(
    "value",
    [0, 1, -1, "0", "1", "NaN", "sNaN", "inf", "1e-9", "1e999999999", "0.1234567", "abc", "", None, True, [], "٠.٥x"],
)
def test_clean_weight_rejects_invalid_weights(value: object) -> None:
    with pytest.raises(Invalid, match="weight"):
        clean_weight(value)


def test_clean_visibility_accepts_public_and_private_only() -> None:
    assert clean_visibility("public") is Visibility.PUBLIC
    with pytest.raises(Invalid, match="status"):
        clean_visibility("Public")


def test_tags_are_the_label_then_user_tags_then_labels() -> None:
    tagged_photo = photo(label="cat", user_tags=("sea", "cat"), labels=labels("sea", "sand"))
    assert tagged_photo.tags == ("cat", "sea", "sand")


def test_user_tags_take_precedence_over_labels_beyond_20_tags() -> None:
    user_tags = tuple(f"w{n}" for n in range(18))
    assert photo(user_tags=user_tags, labels=labels("a", "b", "c")).tags == (*user_tags, "a", "b")


def test_private_photo_is_visible_to_its_owner_only() -> None:
    private = photo(visibility=Visibility.PRIVATE)
    assert private.visible_to(OWNER)
    assert not private.visible_to("another")
    assert not private.visible_to(None)


@pytest.mark.parametrize("state", [s for s in State if s not in {State.READY, *HIDDEN_STATES}])
def test_public_photo_that_is_not_ready_is_visible_to_its_owner_only(state: State) -> None:
    assert photo(state=state).visible_to(OWNER)
    assert not photo(state=state).visible_to(None)


@pytest.mark.parametrize("state", sorted(HIDDEN_STATES))
def test_removed_or_erased_photo_is_hidden_from_everyone(state: State) -> None:
    assert not photo(state=state).visible_to(OWNER)
