"""Images of every format, malformed files and camera photos, processed by the app with each event delivered twice.

tests/unit/ingest/test_corpus.py processes the whole corpus.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from PIL import Image

import app
from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import ContainerProvider
from chalicelib.images.formats import FORMATS
from chalicelib.images.geometry import SMALL_SIDE
from tests.app.conftest import OWNER, Tintype
from tests.support.images import camera_files, corpus, malformed
from tests.support.images.corpus import Sample
from tests.support.images.derivatives import StoredImage, find_errors
from tests.support.images.notes import note_filename


@pytest.fixture(scope="module")
def clients() -> Clients:
    """Clients for the whole module: they are slow to create."""
    return Clients()


@pytest.fixture
def modelless(tintype: Tintype, clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Tintype:
    """The app without the vision model, whose labels and failures would not change what these tests see."""
    provider = ContainerProvider(os.environ | {"TINTYPE_LABELER": "none"}, clients)
    monkeypatch.setattr(app, "provider", provider)
    return replace(tintype, provider=provider)


def drop_all(tintype: Tintype, files: Mapping[str, bytes]) -> None:
    """Drop each file into the bucket, and deliver its event twice."""
    for name, data in files.items():
        with note_filename(name):
            tintype.drop(name, data)
            tintype.deliver(name)


def list_photos(tintype: Tintype, **query: str) -> dict[str, dict[str, Any]]:
    """The owner's photos by filename."""
    items, cursor = [], None
    while True:
        page = tintype.get("/photos", as_=OWNER, limit=100, **query, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["cursor"]
        if not cursor:
            assert len({item["filename"] for item in items}) == len(items)
            return {item["filename"]: item for item in items}


def list_derivatives(tintype: Tintype) -> dict[str, dict[str, str]]:
    """The keys of all derivatives, by photo id and name."""
    keys: dict[str, dict[str, str]] = {}
    for page in tintype.s3.get_paginator("list_objects_v2").paginate(Bucket="derivatives"):
        for entry in page.get("Contents", []):
            photo_id, name = entry["Key"].split("/")
            assert keys.setdefault(photo_id, {}).setdefault(name.split(".")[0], entry["Key"]) == entry["Key"]
    return keys


def open_derivative(key: str) -> StoredImage:
    """A derivative: the image, its content type and its bytes, read from moto itself as a request takes longer."""
    stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_object("derivatives", key)
    assert stored
    image = Image.open(BytesIO(stored.value))
    image.load()
    return image, str(stored.metadata["content-type"]), stored.value


def first_of_each_format() -> dict[str, Sample]:
    """The first sample of each format, by filename."""
    firsts: dict[str, Sample] = {}
    for sample in corpus.all_samples():
        firsts.setdefault(sample.form, sample)
    return {f"{form}-{sample.name}": sample for form, sample in firsts.items()}


def test_an_image_of_each_format_is_processed_once(modelless: Tintype) -> None:
    samples = first_of_each_format()
    drop_all(modelless, {name: sample.data for name, sample in samples.items()})
    photos, derivatives = list_photos(modelless), list_derivatives(modelless)
    assert set(photos) == set(samples)
    assert {sample.form for sample in samples.values()} == set(FORMATS)
    wrong = []
    for name, sample in samples.items():
        photo = photos[name]
        actual = (photo["state"], photo["format"], (photo["width"], photo["height"]))
        if actual != ("ready", sample.form, sample.seen.size):
            wrong.append(f"{name}: {actual} {photo['reason']}")
            continue
        with note_filename(name):
            images = {kind: open_derivative(key) for kind, key in derivatives[photo["photo_id"]].items()}
            wrong += [f"{name}: {error}" for error in find_errors(sample, images)]
    assert not wrong, "\n".join(wrong)


def test_malformed_files_are_rejected_with_a_reason_or_processed(modelless: Tintype) -> None:
    files = {file.name: file for file in list(malformed.all_files())[::8]}
    drop_all(modelless, {name: file.data for name, file in files.items()})
    accepted, rejected, derivatives = (
        list_photos(modelless),
        list_photos(modelless, state="rejected"),
        list_derivatives(modelless),
    )
    assert set(accepted) == {name for name, file in files.items() if file.refused is None}
    assert set(rejected) == set(files) - set(accepted)
    assert accepted
    assert rejected
    for name, photo in rejected.items():
        assert re.search(files[name].refused or "", photo["reason"]), name
        assert photo["photo_id"] not in derivatives, name
    for name, file in files.items():
        assert modelless.s3.get_object(Bucket="originals", Key=name)["Body"].read() == file.data


@camera_files.wanted
def test_every_camera_photo_is_processed(tintype: Tintype) -> None:
    drop_all(tintype, {path.name: path.read_bytes() for path in camera_files.PHOTOGRAPHS})
    photos, derivatives = list_photos(tintype), list_derivatives(tintype)
    assert set(photos) == {path.name for path in camera_files.PHOTOGRAPHS}
    for name, photo in photos.items():
        with note_filename(name):
            assert photo["state"] == "ready"
            assert (photo["width"] > photo["height"]) or not name.startswith("landscape_")
            images = {kind: open_derivative(key) for kind, key in derivatives[photo["photo_id"]].items()}
            assert images["thumbnail"][0].size == (150, 150)
            half = ((photo["width"] + 1) // 2, (photo["height"] + 1) // 2)
            assert images["resized"][0].size == half
            assert max(images.get("small", images["preview"])[0].size) <= SMALL_SIDE
