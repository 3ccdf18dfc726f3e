import pytest

from chalicelib.errors import Invalid
from chalicelib.library.photo import (
    HIDDEN_STATES,
    State,
    Visibility,
    clean_tag,
    clean_tags,
    clean_visibility,
    clean_weight,
)
from tests.support.factories import OWNER, photo


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
    ],
)
def test_clean_tag_normalizes(text: str, tag: str) -> None:
    assert clean_tag(text) == tag


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 65, "*", "!rejected"])
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
    tagged_photo = photo(label="cat", user_tags=("sea", "cat"), labels=("sea", "sand"))
    assert tagged_photo.tags == ("cat", "sea", "sand")


def test_user_tags_take_precedence_over_labels_beyond_20_tags() -> None:
    user_tags = tuple(f"w{n}" for n in range(18))
    assert photo(user_tags=user_tags, labels=("a", "b", "c")).tags == (*user_tags, "a", "b")


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
