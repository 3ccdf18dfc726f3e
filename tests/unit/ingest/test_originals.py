import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ingest.originals import (
    IGNORED_FILE,
    IGNORED_FOLDER,
    IgnoredMetadata,
    Original,
    direct_drop_ids,
    ignored_metadata,
    is_sidecar,
    is_upload,
    photo_from_drop,
    photo_id_from_key,
    upload_key,
)
from chalicelib.library.photo import DEFAULT_WEIGHT, MAX_TAGS, Photo, State, Visibility
from tests.support.factories import NOON, OWNER


def drop_of(key: str = "a.jpg", **metadata: str) -> Original:
    return Original(key, "v1", 10, NOON, metadata)


def record_of(key: str = "a.jpg", **metadata: str) -> Photo:
    return photo_from_drop(
        drop_of(key, **metadata),
        photo_id="p1",
        owner=OWNER,
        visibility=Visibility.PRIVATE,
        heat=lambda received_at: 7 if received_at == NOON else 0,
        find_album={"Lisbon & Porto": "a1", "a1": "a1"}.get,
    )


def ignored(original: Original, photo: Photo) -> IgnoredMetadata:
    return ignored_metadata(original, photo, {"Lisbon & Porto": "a1", "a1": "a1", "a2": "a2"}.get)


FOLDER_READER = Path(__file__).parents[3] / "web" / "src" / "core" / "folder-reader.ts"
LEFT_BESIDE_PHOTOS = [
    *("2024/", "a.xmp", "a/b.JPG.xmp", "x.JSON", "IMG_1.AAE", "a/.DS_Store", "a/._IMG.jpg", ".nomedia"),
    *("Thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", ".picasa.ini", "Picasa.ini", "Icon\r"),
    *("__MACOSX/a.jpg", "trip/@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", ".thumbnails/a.jpg", "$RECYCLE.BIN/a.jpg"),
    *(".trashed-1700000000-IMG.jpg", "a/.pending-1-IMG.jpg"),
    *("System Volume Information/a.jpg", "lost+found/a.jpg", ".Trashes/501/a.jpg"),
]


@pytest.mark.parametrize("key", LEFT_BESIDE_PHOTOS)
def test_folder_markers_and_sidecars_are_ignored(key: str) -> None:
    assert is_sidecar(key)


def test_page_skips_the_same_files() -> None:
    page = dict(re.findall(r"const (IGNORED_\w+) = /(.*)/i;", FOLDER_READER.read_text()))
    assert page == {"IGNORED_FILE": IGNORED_FILE, "IGNORED_FOLDER": IGNORED_FOLDER}


@pytest.mark.parametrize("key", LEFT_BESIDE_PHOTOS)
def test_uploads_are_never_sidecars(key: str) -> None:
    assert not is_sidecar(upload_key("o", "p1", key))


@pytest.mark.parametrize(
    "key", ["a.jpg", "xmp/a.jpg", "a.json.jpg", "thumbs.db/a.png", "a", "../a.txt", "./a.jpg", ".a.jpg"]
)
def test_other_keys_are_not_sidecars(key: str) -> None:
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
def test_photo_id_from_key_of_uploads_only(key: str, photo_id: str | None) -> None:
    assert photo_id_from_key(key) == photo_id


def test_upload_key_contains_the_photo_id() -> None:
    key = upload_key("o", "p1", "a b.jpg")
    assert (key, is_upload(key), photo_id_from_key(key)) == ("uploads/o/p1/a b.jpg", True, "p1")


@pytest.mark.parametrize("key", ["uploads/a.jpg", "uploads/", "uploads/o/p1/b/c.jpg"])
def test_keys_with_the_prefix_are_uploads(key: str) -> None:
    assert is_upload(key)


@pytest.mark.parametrize("key", ["uploads", "uploads.jpg", "Uploads/a.jpg", "a/uploads/b.jpg", "/uploads/a.jpg"])
def test_other_keys_are_not_uploads(key: str) -> None:
    assert not is_upload(key)


@given(st.text(), st.text())
def test_direct_drop_ids_are_deterministic(bucket: str, key: str) -> None:
    ids = direct_drop_ids(bucket, key, "secret")
    assert ids == direct_drop_ids(bucket, key, "secret")
    assert ids[0] != ids[1]
    assert [len(each) for each in ids] == [32, 32]
    assert set("".join(ids)) <= set("0123456789abcdef")


def test_direct_drop_ids_depend_on_key_bucket_and_secret() -> None:
    sources = (("b", "a.jpg", "s"), ("b", "A.jpg", "s"), ("c", "a.jpg", "s"), ("b", "a.jpg", "t"))
    assert len({photo_id for source in sources for photo_id in direct_drop_ids(*source)}) == 8


def test_direct_drop_belongs_to_the_library_owner() -> None:
    photo = record_of("2024/may/München.jpg")
    assert (photo.photo_id, photo.owner, photo.key) == ("p1", OWNER, "2024/may/München.jpg")
    assert (photo.filename, photo.received_at, photo.heat) == ("München.jpg", NOON, 7)
    assert (photo.state, photo.visibility, photo.weight) == (State.PROCESSING, Visibility.PRIVATE, DEFAULT_WEIGHT)
    assert photo.tags == ()


def test_metadata_of_a_direct_drop_sets_fields() -> None:
    photo = record_of(
        Tags="Sea,caf%C3%A9, Sea", label="Beach%20Day", WEIGHT="0.25", status="public", Album="Lisbon%20%26%20Porto"
    )
    assert photo.albums == ("a1",)
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
        {"album": "Faro"},
    ],
)
def test_invalid_metadata_value_is_ignored(metadata: dict[str, str]) -> None:
    assert record_of(**metadata) == record_of()


@pytest.mark.parametrize(
    ("metadata", "names"),
    [
        ({}, ()),
        ({"tags": "a, b,,a", "label": "Sea", "weight": "0.25", "status": "public", "mtime": "1"}, ()),
        ({"tags": "a,!b"}, ("tags",)),
        ({"tags": ",".join(f"t{n}" for n in range(21))}, ("tags",)),
        ({"Label": ""}, ("label",)),
        ({"album": "a1"}, ()),
        ({"album": "Faro"}, ("album",)),
        ({"weight": "7", "STATUS": "secret", "tags": "x" * 65}, ("tags", "weight", "status")),
    ],
)
def test_metadata_fields_with_invalid_values_are_named(metadata: dict[str, str], names: tuple[str, ...]) -> None:
    assert ignored(drop_of(**metadata), record_of(**metadata)) == IgnoredMetadata(invalid=names)


def test_metadata_that_is_not_utf_8_is_ignored_and_named() -> None:
    metadata = {"tags": "%ZZ%FF", "label": "%C3%A9t%C3", "status": "%70ublic"}
    photo = record_of(**metadata)
    assert (photo.user_tags, photo.label, photo.visibility) == ((), None, Visibility.PUBLIC)
    assert ignored(drop_of(**metadata), photo) == IgnoredMetadata(invalid=("tags", "label"))
    assert record_of(tags="100%").user_tags == ("100%",)  # no percent-encoding at all


def test_metadata_fields_that_an_existing_photo_does_not_take_over_are_named() -> None:
    photo = record_of(tags="a", weight="0.25")
    assert ignored(drop_of(tags="a", weight="0.25"), photo) == IgnoredMetadata()
    assert ignored(drop_of(tags="b", weight="7", status="public", album="a2"), photo) == IgnoredMetadata(
        invalid=("weight",), superseded=("tags", "status", "album")
    )


def test_tags_beyond_20_are_ignored() -> None:
    assert record_of(tags=",".join(f"t{n}" for n in range(200))).user_tags == tuple(f"t{n}" for n in range(MAX_TAGS))


@given(st.text(), st.dictionaries(st.sampled_from(["tags", "label", "weight", "status", "x"]), st.text()))
def test_any_direct_drop_gets_a_record(key: str, metadata: dict[str, str]) -> None:
    photo = record_of(key, **metadata)
    assert 0 < len(photo.filename.encode()) <= 255
    assert "/" not in photo.filename
    assert len(photo.tags) <= MAX_TAGS
