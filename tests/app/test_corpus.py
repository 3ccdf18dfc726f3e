"""Every image of the corpus and every malformed file, processed by the app with each event delivered twice."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from PIL import Image

import app
from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import ContainerProvider
from chalicelib.images.formats import FORMATS, output_format
from chalicelib.images.geometry import SMALL_SIDE
from chalicelib.ingest.processing import WEBP_NAMES
from tests.app.conftest import OWNER, Tintype
from tests.support.images import camera_files, corpus, malformed
from tests.support.images import samples as samples_
from tests.support.images.corpus import Sample
from tests.support.images.malformed import MalformedFile

PRIVATE_DATA = (samples_.SECRET.encode(), b"Canon", b"GPS", b"Exif", b"adobe", b"xmp")


@contextmanager
def note_filename(name: str) -> Iterator[None]:
    """Add the filename to exceptions."""
    try:
        yield
    except Exception as error:
        error.add_note(f"File: {name}")
        raise


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


def open_derivative(key: str) -> tuple[Image.Image, str, bytes]:
    """A derivative: the image, its content type and its bytes, read from moto itself as a request takes longer."""
    stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_object("derivatives", key)
    assert stored
    image = Image.open(BytesIO(stored.value))
    image.load()
    return image, str(stored.metadata["content-type"]), stored.value


def find_errors(sample: Sample, images: Mapping[str, tuple[Image.Image, str, bytes]]) -> Iterator[str]:
    """Errors in the derivatives of a sample."""
    width, height = sample.seen.size
    sizes = {"thumbnail": (150, 150), "resized": ((width + 1) // 2, (height + 1) // 2), "preview": (width, height)}
    if max(width, height) > SMALL_SIDE:
        scale = SMALL_SIDE / max(width, height)
        sizes["small"] = (round(width * scale), round(height * scale))
    row = output_format(FORMATS[sample.form])
    if set(images) != set(sizes):
        yield f"has {sorted(images)}"
        return
    for name, (image, mime, data) in images.items():
        expected = FORMATS["WEBP"] if name in WEBP_NAMES else row
        if (image.format, mime, image.size) != (expected.name, expected.mime, sizes[name]):
            yield f"{name} is {image.format}, {mime}, {image.size}"
        if image.getexif() or {"exif", "icc_profile", "xmp", "comment"} & set(image.info):
            yield f"{name} has metadata {sorted(image.info)}"
        yield from (f"{name} contains {pattern!r}" for pattern in PRIVATE_DATA if pattern in data)
        for expected_color, color in zip(corners(sample.seen), corners(image), strict=True):
            if expected_color[3] == 0 and expected.alpha:
                if color[3] > 100:
                    yield f"{name} is not transparent: {color}"
                continue
            opaque = (255, 255, 255, 255) if expected_color[3] == 0 else expected_color
            if max(abs(a - b) for a, b in zip(opaque, color, strict=True)) > sample.tolerance:
                yield f"{name} has {color}, expected {opaque}"


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """RGBA values in the middle of each quarter."""
    rgba = image.convert("RGBA")
    points = [(rgba.width * x // 4, rgba.height * y // 4) for y in (1, 3) for x in (1, 3)]
    return [tuple(rgba.crop((x, y, x + 1, y + 1)).tobytes()) for x, y in points]


@cache
def supported_samples() -> list[Sample]:
    """The corpus of supported images, created once."""
    return list(corpus.all_samples())


@cache
def malformed_samples() -> list[MalformedFile]:
    """The corpus of malformed files, created once."""
    return list(malformed.all_files())


# In parts, each with its own library: moto copies whole tables for each transaction.
@pytest.mark.parametrize("part", range(25))
def test_every_image_of_the_corpus_is_processed_once(modelless: Tintype, part: int) -> None:
    samples = {f"{sample.form}-{sample.name}": sample for sample in supported_samples()[part::25]}
    drop_all(modelless, {name: sample.data for name, sample in samples.items()})
    photos, derivatives = list_photos(modelless), list_derivatives(modelless)
    assert set(photos) == set(samples)
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


@pytest.mark.parametrize("part", range(12))
def test_malformed_files_are_rejected_with_a_reason_or_processed(modelless: Tintype, part: int) -> None:
    files = {file.name: file for file in malformed_samples()[part::12]}
    drop_all(modelless, {name: file.data for name, file in files.items()})
    accepted, rejected, derivatives = (
        list_photos(modelless),
        list_photos(modelless, state="rejected"),
        list_derivatives(modelless),
    )
    assert set(accepted) == {name for name, file in files.items() if file.refused is None}
    assert set(rejected) == set(files) - set(accepted)
    wrong = [
        f"{name}: {photo['reason']}"
        for name, photo in rejected.items()
        if not re.search(files[name].refused or "", photo["reason"]) or photo["photo_id"] in derivatives
    ]
    for name, photo in accepted.items():
        with note_filename(name):
            images = {kind: open_derivative(key) for kind, key in derivatives[photo["photo_id"]].items()}
        if set(images) - {"small"} != {"thumbnail", "resized", "preview"} or images["thumbnail"][0].size != (150, 150):
            wrong.append(f"{name}: {images}")
        wrong += [f"{name}: {kind} contains a script" for kind, (_, _, data) in images.items() if b"<script" in data]
    assert not wrong, "\n".join(wrong)
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


def test_corpus_has_the_documented_size_and_no_duplicates() -> None:
    assert len(supported_samples()) >= 120
    assert len(malformed_samples()) >= 40
    assert {sample.form for sample in supported_samples()} == set(FORMATS)
    for names in (
        [(sample.form, sample.name) for sample in supported_samples()],
        [file.name for file in malformed_samples()],
    ):
        assert len(set(names)) == len(names)
    files = [*(sample.data for sample in supported_samples()), *(file.data for file in malformed_samples())]
    assert len(set(files)) == len(files)
