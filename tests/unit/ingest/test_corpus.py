"""Every image of the corpus and every malformed file, processed with each event delivered twice.

The stores are fakes and the images real; tests/app/test_corpus.py processes one file of each kind with the app.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from io import BytesIO

import pytest
from PIL import Image

from chalicelib import images
from chalicelib.images.formats import FORMATS
from chalicelib.library.photo import Photo, State
from tests.fakes.library import MemoryLibrary
from tests.fakes.processing import ImageFunctions
from tests.support.images import corpus, malformed
from tests.support.images.corpus import Sample
from tests.support.images.derivatives import StoredImage, find_errors
from tests.support.images.malformed import MalformedFile
from tests.support.images.notes import note_filename

REAL_IMAGES = ImageFunctions(images.render, images.read_file, images.decode)
IMAGE_PARTS, MALFORMED_PARTS = 5, 3


@cache
def supported_samples() -> list[Sample]:
    """The corpus of supported images, created once."""
    return list(corpus.all_samples())


@cache
def malformed_files() -> list[MalformedFile]:
    """The corpus of malformed files, created once."""
    return list(malformed.all_files())


def process_all(files: Mapping[str, bytes]) -> tuple[MemoryLibrary, dict[str, Photo]]:
    """A library with these files dropped into its bucket, each event delivered twice; and the photos by key."""
    library = MemoryLibrary(images=REAL_IMAGES)
    for name, data in files.items():
        with note_filename(name):
            library.originals.drop(name, data)
            library.deliver_event(name)
            library.deliver_event(name)
    photos = {photo.key: photo for photo in library.photos.records.values()}
    assert len(photos) == len(library.photos.records)
    return library, photos


def stored_images(library: MemoryLibrary, photo: Photo) -> dict[str, StoredImage]:
    """The photo's stored derivatives, by the names in their keys: a small photo has no `small` of its own."""
    found: dict[str, StoredImage] = {}
    for key, mime in {derivative.key: derivative.mime for derivative in photo.derivatives.values()}.items():
        data = library.derivatives.get(key)
        with note_filename(photo.key), Image.open(BytesIO(data)) as image:
            image.load()
            found[key.rpartition("/")[2].partition(".")[0]] = (image, mime, data)
    return found


def stray_derivatives(library: MemoryLibrary) -> set[str]:
    """The keys of derivatives that belong to no photo."""
    return set(library.derivatives.images) - {
        derivative.key for photo in library.photos.records.values() for derivative in photo.derivatives.values()
    }


@pytest.mark.parametrize("part", range(IMAGE_PARTS))
def test_every_image_of_the_corpus_is_processed_once(part: int) -> None:
    samples = {f"{sample.form}-{sample.name}": sample for sample in supported_samples()[part::IMAGE_PARTS]}
    library, photos = process_all({name: sample.data for name, sample in samples.items()})
    assert set(photos) == set(samples)
    wrong = []
    for name, sample in samples.items():
        photo = photos[name]
        actual = (photo.state, photo.format, (photo.width, photo.height))
        if actual != (State.READY, sample.form, sample.seen.size):
            wrong.append(f"{name}: {actual} {photo.reason}")
            continue
        wrong += [f"{name}: {error}" for error in find_errors(sample, stored_images(library, photo))]
    assert not wrong, "\n".join(wrong)
    assert stray_derivatives(library) == set()


@pytest.mark.parametrize("part", range(MALFORMED_PARTS))
def test_malformed_files_are_rejected_with_a_reason_or_processed(part: int) -> None:
    files = {file.name: file for file in malformed_files()[part::MALFORMED_PARTS]}
    library, photos = process_all({name: file.data for name, file in files.items()})
    assert set(photos) == set(files)
    states = defaultdict(set)
    for name, photo in photos.items():
        states[photo.state].add(name)
    assert states[State.READY] == {name for name, file in files.items() if file.refused is None}
    assert states[State.REJECTED] == set(files) - states[State.READY]
    wrong = [
        f"{name}: {photos[name].reason}"
        for name in states[State.REJECTED]
        if not re.search(files[name].refused or "", photos[name].reason or "") or photos[name].derivatives
    ]
    for name in states[State.READY]:
        found = stored_images(library, photos[name])
        if set(found) - {"small"} != {"thumbnail", "resized", "preview"} or found["thumbnail"][0].size != (150, 150):
            wrong.append(f"{name}: {found}")
        wrong += [f"{name}: {kind} contains a script" for kind, (_, _, data) in found.items() if b"<script" in data]
    assert not wrong, "\n".join(wrong)
    assert stray_derivatives(library) == set()


def test_corpus_has_the_documented_size_and_no_duplicates() -> None:
    assert len(supported_samples()) >= 120
    assert len(malformed_files()) >= 40
    assert {sample.form for sample in supported_samples()} == set(FORMATS)
    for names in (
        [(sample.form, sample.name) for sample in supported_samples()],
        [file.name for file in malformed_files()],
    ):
        assert len(set(names)) == len(names)
    files = [*(sample.data for sample in supported_samples()), *(file.data for file in malformed_files())]
    assert len(set(files)) == len(files)
