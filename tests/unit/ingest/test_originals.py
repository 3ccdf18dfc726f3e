import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ingest.originals import (
    Original,
    direct_drop_id,
    is_sidecar,
    is_upload,
    photo_from_drop,
    photo_id_from_key,
    upload_key,
)
from chalicelib.library.photo import DEFAULT_WEIGHT, MAX_TAGS, Photo, State, Visibility
from tests.support.factories import NOON, OWNER


def admitted(key: str = "a.jpg", **metadata: str) -> Photo:
    return photo_from_drop(
        Original(key, "v1", 10, NOON, metadata),
        photo_id="p1",
        owner=OWNER,
        visibility=Visibility.PRIVATE,
        heat=lambda received_at: 7 if received_at == NOON else 0,
    )


@pytest.mark.parametrize("key", ["2024/", "a.xmp", "a/b.JPG.xmp", "x.JSON", "a/.DS_Store", "Thumbs.db", "desktop.ini"])
def test_folders_and_what_tools_leave_behind_are_no_photos(key: str) -> None:
    assert is_sidecar(key)


@pytest.mark.parametrize("key", ["a.jpg", "xmp/a.jpg", "a.json.jpg", "thumbs.db/a.png", "a", "a.txt", "/a.jpg"])
def test_everything_else_may_be_a_photo(key: str) -> None:
    assert not is_sidecar(key)


@pytest.mark.parametrize(
    ("key", "photo_id"),
    [
        ("uploads/o/p1/a.jpg", "p1"),
        ("uploads/o/p1/", "p1"),
        ("uploads//p1/a.jpg", "p1"),
        ("uploads/o/p1", None),
        ("uploads/o/p1/b/a.jpg", None),
        ("uploads/a.jpg", None),
        ("a.jpg", None),
        ("o/p1/a.jpg", None),
        ("x/uploads/o/a.jpg", None),
        ("Uploads/o/p1/a.jpg", None),
        ("/uploads/p1/a.jpg", None),
    ],
)
def test_only_the_key_of_an_upload_holds_an_id(key: str, photo_id: str | None) -> None:
    assert photo_id_from_key(key) == photo_id


def test_the_key_of_an_upload_holds_its_id_below_the_prefix() -> None:
    key = upload_key("o", "p1", "a b.jpg")
    assert (key, is_upload(key), photo_id_from_key(key)) == ("uploads/o/p1/a b.jpg", True, "p1")


@pytest.mark.parametrize("key", ["uploads/a.jpg", "uploads/", "uploads/o/p1/b/c.jpg"])
def test_everything_below_the_prefix_is_an_upload(key: str) -> None:
    assert is_upload(key)


@pytest.mark.parametrize("key", ["uploads", "uploads.jpg", "Uploads/a.jpg", "a/uploads/b.jpg", "/uploads/a.jpg"])
def test_nothing_beside_the_prefix_is_an_upload(key: str) -> None:
    assert not is_upload(key)


@given(st.text(), st.text())
def test_a_dropped_file_has_one_id_for_ever(bucket: str, key: str) -> None:
    first = direct_drop_id(bucket, key, "secret")
    assert first == direct_drop_id(bucket, key, "secret")
    assert len(first) == 32
    assert set(first) <= set("0123456789abcdef")


def test_another_key_another_bucket_and_another_secret_are_another_id() -> None:
    ids = {
        direct_drop_id("b", "a.jpg", "s"),
        direct_drop_id("b", "A.jpg", "s"),
        direct_drop_id("c", "a.jpg", "s"),
        direct_drop_id("b", "a.jpg", "t"),
    }
    assert len(ids) == 4


def test_a_dropped_file_is_a_photo_of_the_librarys_owner_from_the_moment_it_was_stored() -> None:
    photo = admitted("2024/may/München.jpg")
    assert (photo.photo_id, photo.owner, photo.key) == ("p1", OWNER, "2024/may/München.jpg")
    assert (photo.filename, photo.received_at, photo.heat) == ("München.jpg", NOON, 7)
    assert (photo.state, photo.visibility, photo.weight) == (State.PROCESSING, Visibility.PRIVATE, DEFAULT_WEIGHT)
    assert photo.tags == ()


def test_its_metadata_says_what_a_form_would_say() -> None:
    photo = admitted(Tags="Sea,caf%C3%A9, Sea", label="Beach%20Day", WEIGHT="0.25", status="public")
    assert photo.tags == ("beach day", "sea", "café")
    assert (photo.weight, photo.visibility) == (250_000, Visibility.PUBLIC)


@pytest.mark.parametrize(
    "metadata",
    [
        {"tags": ",,,"},
        {"tags": "!rejected,*," + "x" * 65},
        {"label": ""},
        {"label": "*"},
        {"weight": "1"},
        {"weight": "1e999999999"},
        {"weight": "heavy"},
        {"status": "secret"},
        {"status": "%ff"},
    ],
)
def test_a_word_that_breaks_the_rules_is_as_good_as_not_said(metadata: dict[str, str]) -> None:
    assert admitted(**metadata) == admitted()


def test_more_words_than_a_photo_has_are_cut() -> None:
    assert admitted(tags=",".join(f"t{n}" for n in range(200))).user_tags == tuple(f"t{n}" for n in range(MAX_TAGS))


@given(st.text(), st.dictionaries(st.sampled_from(["tags", "label", "weight", "status", "x"]), st.text()))
def test_whatever_is_dropped_is_admitted(key: str, metadata: dict[str, str]) -> None:
    photo = admitted(key, **metadata)
    assert 0 < len(photo.filename.encode()) <= 255
    assert "/" not in photo.filename
    assert len(photo.tags) <= MAX_TAGS
