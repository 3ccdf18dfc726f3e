"""The files of the backup, its checkpoint, and the rows of albums."""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws.backup import MANIFEST_KEY
from chalicelib.aws.dynamodb.album_table import AlbumTable
from chalicelib.aws.dynamodb.backup import DynamoAlbumRows
from chalicelib.errors import Unreadable
from chalicelib.ingest.originals import BACKUP_PREFIX, is_sidecar
from chalicelib.library.guest import Guest
from chalicelib.library.label import Label
from chalicelib.library.photo import Derivative, Photo, State
from chalicelib.maintenance.backup_files import BackupCheckpoint, Manifest, Segment
from chalicelib.maintenance.pacing import PassProgress
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure
from tests.contract.conftest import CLOUD, MOTO, Buckets, S3Buckets, Store, over_s3
from tests.contract.tables import create_albums_table
from tests.support.factories import NOON, photo

WHOLE = photo(
    "p1",
    label="naïve 🏖",
    keywords=("coast",),
    labels=(Label("sand", 90.5, ("beach",)),),
    labeler="vision 3",
    embedding=bytes(range(256)),
    perceptual_hash=b"\0" * 15 + b"\xff",
    keep_groups=("g1",),
    dismissed_labels=("sky",),
    camera_time=CaptureTime(NOON.replace(tzinfo=None), timedelta(hours=-8)),
    corrected_time=CaptureTime(NOON.replace(tzinfo=None, microsecond=1)),
    reader_revision=3,
    camera="Jolla",
    lens="50 mm",
    exposure=Exposure(time=4_000_000, iso=100),
    file_coordinates=Coordinates(38_722_252, -9_139_337),
    own_coordinates=Coordinates(41_148_000, -8_611_000),
    file_caption="A line\nand another",
    own_caption="",
    file_rating=2,
    own_rating=5,
    file_place=("Lisbon", "Portugal"),
    own_place=(),
    favorite=True,
    albums=("a1",),
    guest=Guest("Ann", "s1", needs_review=True),
    review_album="a2",
    placeholder="#abc",
    incomplete=True,
    sha256="ab" * 32,
    derivatives={"small": Derivative("p1/small.webp", "image/webp", "WEBP", 40, 30, 100)},
    finished_at=NOON,
    duration_ms=12,
    event={"bucket": "b", "key": "k"},
    object_version="v1",
    labels_pending=True,
    recovered=True,
    generation="w1",
    version=7,
)
# What a worker or the store computes is not saved.
UNSAVED = {"worker", "attempts", "failure_count", "due_at", "words", "public_words", "index_revision", "pending_rows"}


def test_photos_are_saved_with_all_their_fields(buckets: Buckets) -> None:
    trashed = photo("p2", state=State.TRASHED, trashed_at=NOON, reason="Not an image.")
    tombstone = photo("p3", state=State.REMOVED, duplicate_of="p9", expires_at=NOON)
    working = replace(WHOLE, photo_id="p4", worker="w", attempts=2, failure_count=1, due_at=NOON, words=("sea",))
    segment = buckets.backup_files.save_photos([WHOLE, trashed, tombstone, working], ())
    assert segment.lines == 4
    assert buckets.backup_files.load_photos(segment) == [WHOLE, trashed, tombstone, replace(WHOLE, photo_id="p4")]
    empty = Photo(*(getattr(WHOLE, each.name) for each in fields(Photo) if each.name in _REQUIRED))
    unset = {each.name for each in fields(Photo) if getattr(WHOLE, each.name) == getattr(empty, each.name)}
    # A new field belongs into the test, and with it into the backup.
    assert unset - _REQUIRED <= UNSAVED | {"reason", "duplicate_of", "trashed_at", "expires_at", "weight"}


_REQUIRED = {"photo_id", "owner", "key", "filename", "received_at", "heat", "state"}


def test_name_of_a_segment_follows_from_what_it_holds(buckets: Buckets) -> None:
    first = buckets.backup_files.save_photos([WHOLE], ())
    assert buckets.backup_files.save_photos([WHOLE], (first.name,)) == first
    assert buckets.backup_files.save_photos([replace(WHOLE, weight=7)], (first.name,)) != first


def test_known_segment_is_not_saved(buckets: Buckets) -> None:
    segment = buckets.backup_files.save_photos([WHOLE], ())
    buckets.backup_files.remove_others(Manifest("b1", NOON, 0, (), Segment("albums", 0)))
    assert buckets.backup_files.save_photos([WHOLE], (segment.name,)) == segment
    with pytest.raises(Unreadable, match=rf"The backup is incomplete: {segment.name} is missing\."):
        buckets.backup_files.load_photos(segment)


def test_manifest_is_replaced_and_other_files_are_removed(buckets: Buckets) -> None:
    files = buckets.backup_files
    assert files.load_manifest() is None
    albums = files.save_albums([{"partition": "b", "entry": "x", "n": 1}, {"partition": "a", "entry": "x"}], ())
    first, second = (files.save_photos([replace(WHOLE, weight=n)], ()) for n in (1, 2))
    manifest = Manifest("b1", NOON, 1, (first,), albums)
    files.save_manifest(manifest)
    assert files.load_manifest() == manifest
    newer = replace(manifest, written_at=NOON + timedelta(microseconds=1), segments=(second,))
    files.save_manifest(newer)
    files.remove_others(newer)
    assert files.load_manifest() == newer
    assert files.load_photos(second) == [replace(WHOLE, weight=2)]
    assert files.load_albums(albums) == [{"partition": "a", "entry": "x"}, {"partition": "b", "entry": "x", "n": 1}]
    with pytest.raises(Unreadable):
        files.load_photos(first)


@pytest.fixture
def s3_buckets(moto_clients: Any) -> Iterator[S3Buckets]:
    with mock_aws(), over_s3(moto_clients.get("s3")) as buckets:
        yield buckets


@pytest.mark.parametrize(
    "damaged",
    [b"", b"no gzip", gzip.compress(b"{}\n"), gzip.compress(b"another line")[:-9]],
    ids=["empty", "no gzip", "another", "cut"],
)
def test_damaged_segment_is_refused_in_a_sentence(s3_buckets: S3Buckets, damaged: bytes) -> None:
    segment = s3_buckets.backup_files.save_photos([WHOLE], ())
    s3_buckets.drop(f"{BACKUP_PREFIX}{segment.name}", damaged)
    with pytest.raises(Unreadable, match=rf"^The backup is damaged: {segment.name} is not what the manifest says\.$"):
        s3_buckets.backup_files.load_photos(segment)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (b"no JSON", "no manifest"),
        (b"\xff", "no manifest"),
        (b"[]", "no manifest"),
        (b"{}", "no manifest"),
        (b'{"version": 2}', "has the format 2.*update"),
        (b'{"version": 1, "segments": [{"name": 7}]}', "no manifest"),
    ],
)
def test_manifest_that_cannot_be_read_is_refused_in_a_sentence(
    s3_buckets: S3Buckets, manifest: bytes, message: str
) -> None:
    s3_buckets.drop(MANIFEST_KEY, manifest)
    with pytest.raises(Unreadable, match=message):
        s3_buckets.backup_files.load_manifest()


def test_segment_outside_the_backup_is_not_read(s3_buckets: S3Buckets) -> None:
    with pytest.raises(Unreadable, match="names a file that is none of a backup"):
        s3_buckets.backup_files.load_photos(Segment("../../cat.jpg", 1))


def test_lines_have_the_fields_of_catalogues_owner_and_key(s3_buckets: S3Buckets) -> None:
    segment = s3_buckets.backup_files.save_photos([WHOLE], ())
    body = s3_buckets.s3.get_object(Bucket=s3_buckets.bucket, Key=f"{BACKUP_PREFIX}{segment.name}")["Body"].read()
    (line,) = map(json.loads, gzip.decompress(body).splitlines())
    del line["record"]
    assert line == {
        "type": "photo",
        "photo_id": "p1",
        "owner": WHOLE.owner,
        "key": WHOLE.key,
        "filename": "beach.jpg",
        "sha256": "ab" * 32,
        "bytes": 1000,
        "state": "ready",
        "duplicate_of": None,
        "created_at": "2026-11-20T12:00:00+00:00",
        "delete_at": None,
        "version": 7,
        "tags": ["naïve 🏖", "beach", "sea", "coast", "sand"],
        "autoTags": ["sand"],
        "label": "naïve 🏖",
        "weight": 0.5,
        "status": "public",
        "caption": "",
        "rating": 5,
        "favorite": True,
        "taken_local": "2026-11-20T12:00:00.000001",
        "offset": None,
        "place": None,
        "coordinates": {"latitude": 41.148, "longitude": -8.611},
        "albums": ["a1"],
        "recovered": True,
    }


def test_files_of_the_backup_are_no_photos() -> None:
    assert is_sidecar(MANIFEST_KEY)
    assert is_sidecar(f"{BACKUP_PREFIX}photos-0.jsonl.gz")


def test_checkpoint_is_stored_apart_from_those_of_the_passes(store: Store) -> None:
    assert store.backup_checkpoints.load() == BackupCheckpoint()
    checkpoint = BackupCheckpoint("b1", "p7", 3, (Segment("photos", 2), Segment("more", 1)), PassProgress(5, 1, 3600.0))
    store.backup_checkpoints.save(checkpoint)
    assert store.backup_checkpoints.load() == checkpoint
    paused = BackupCheckpoint("b1", progress=PassProgress(paused_until=NOON))
    store.backup_checkpoints.save(paused)
    assert store.backup_checkpoints.load() == paused


@pytest.fixture(params=[MOTO, CLOUD])
def album_table(request: pytest.FixtureRequest) -> Iterator[AlbumTable]:
    """An empty table of albums."""
    if request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield AlbumTable(client, create_albums_table(client, "contract"), lambda _: None, random.random)
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        with request.getfixturevalue("table_pool").empty_tables("albums") as (table,):
            yield AlbumTable(client, table, lambda _: None, random.random)


def test_rows_of_albums_are_listed_and_restored(album_table: AlbumTable) -> None:
    rows = DynamoAlbumRows(album_table)
    assert list(rows.list_all()) == []
    stored = [
        {"partition": f"album/{n}", "entry": "album", "version": n, "query": {"q": ["sea"]}, "ids": ["é"]}
        for n in range(120)
    ]
    rows.restore(stored)
    found = sorted(rows.list_all(), key=lambda row: row["version"])
    assert found == stored
    assert json.loads(json.dumps(found)) == stored
    rows.restore([stored[0] | {"version": 500}])
    assert sorted(row["version"] for row in rows.list_all()) == [*range(1, 120), 500]
