"""Every picture of the corpus and every hostile file, through the whole app, and each delivered twice."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from chalicelib.images.formats import FORMATS, output_format
from chalicelib.images.geometry import SMALL_SIDE
from chalicelib.ingest.processing import WEBP_NAMES
from tests.app.conftest import OWNER, Tintype
from tests.support.images import camera_files, corpus, malformed
from tests.support.images import samples as samples_
from tests.support.images.corpus import Sample
from tests.support.images.malformed import Hostile

LEFT_OUT = (samples_.SECRET.encode(), b"Canon", b"GPS", b"Exif", b"adobe", b"xmp")


@contextmanager
def about(name: str) -> Iterator[None]:
    """Whatever fails in here names the file."""
    try:
        yield
    except Exception as fault:
        fault.add_note(f"This is about {name}.")
        raise


def put_in(tintype: Tintype, files: Mapping[str, bytes]) -> None:
    """Drop each file into the bucket, and have its event delivered twice."""
    for name, data in files.items():
        with about(name):
            tintype.drop(name, data)
            tintype.deliver(name)


def listed(tintype: Tintype, **query: str) -> dict[str, dict[str, Any]]:
    """The owner's photos, by their files' names."""
    items, cursor = [], None
    while True:
        page = tintype.get("/photos", as_=OWNER, limit=100, **query, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["cursor"]
        if not cursor:
            assert len({item["filename"] for item in items}) == len(items)
            return {item["filename"]: item for item in items}


def derivatives(tintype: Tintype) -> dict[str, dict[str, str]]:
    """The keys of all images made, by photo and by what they are."""
    found: dict[str, dict[str, str]] = {}
    for page in tintype.s3.get_paginator("list_objects_v2").paginate(Bucket="derivatives"):
        for entry in page.get("Contents", []):
            _, photo_id, name = entry["Key"].split("/", 2)
            assert found.setdefault(photo_id, {}).setdefault(name.split("-")[0], entry["Key"]) == entry["Key"]
    return found


def stored(tintype: Tintype, key: str) -> tuple[Image.Image, str, bytes]:
    """One image made: opened, with its type and its bytes."""
    answer = tintype.s3.get_object(Bucket="derivatives", Key=key)
    data = answer["Body"].read()
    image = Image.open(BytesIO(data))
    image.load()
    return image, answer["ContentType"], data


def faults(sample: Sample, made: Mapping[str, tuple[Image.Image, str, bytes]]) -> Iterator[str]:
    """What is wrong with the images made of a picture."""
    width, height = sample.seen.size
    sizes = {"thumbnail": (150, 150), "resized": ((width + 1) // 2, (height + 1) // 2), "preview": (width, height)}
    if max(width, height) > SMALL_SIDE:
        scale = SMALL_SIDE / max(width, height)
        sizes["small"] = (round(width * scale), round(height * scale))
    row = output_format(FORMATS[sample.form])
    if set(made) != set(sizes):
        yield f"has {sorted(made)}"
        return
    for name, (image, mime, data) in made.items():
        wanted = FORMATS["WEBP"] if name in WEBP_NAMES else row
        if (image.format, mime, image.size) != (wanted.name, wanted.mime, sizes[name]):
            yield f"{name} is {image.format}, {mime}, {image.size}"
        if image.getexif() or {"exif", "icc_profile", "xmp", "comment"} & set(image.info):
            yield f"{name} tells {sorted(image.info)}"
        yield from (f"{name} holds {word!r}" for word in LEFT_OUT if word in data)
        for wanted_colour, colour in zip(corners(sample.seen), corners(image), strict=True):
            if wanted_colour[3] == 0 and wanted.alpha:
                if colour[3] > 100:
                    yield f"{name} is not transparent: {colour}"
                continue
            aim = (255, 255, 255, 255) if wanted_colour[3] == 0 else wanted_colour
            if max(abs(a - b) for a, b in zip(aim, colour, strict=True)) > sample.tolerance:
                yield f"{name} shows {colour} for {aim}"


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """Red, green, blue and alpha in the middle of the four quarters."""
    shown = image.convert("RGBA")
    places = [(shown.width * x // 4, shown.height * y // 4) for y in (1, 3) for x in (1, 3)]
    return [tuple(shown.crop((x, y, x + 1, y + 1)).tobytes()) for x, y in places]


@cache
def good() -> list[Sample]:
    """The corpus, made once."""
    return list(corpus.good())


@cache
def harmful() -> list[Hostile]:
    """The other one."""
    return list(malformed.all_of_them())


# In parts, each in a library of its own: moto copies whole tables for each transaction.
@pytest.mark.parametrize("part", range(25))
def test_every_picture_becomes_what_it_should_and_only_once(tintype: Tintype, part: int) -> None:
    samples = {f"{sample.form}-{sample.name}": sample for sample in good()[part::25]}
    put_in(tintype, {name: sample.data for name, sample in samples.items()})
    shown, made = listed(tintype), derivatives(tintype)
    assert set(shown) == set(samples)
    wrong = []
    for name, sample in samples.items():
        photo = shown[name]
        told = (photo["state"], photo["format"], (photo["width"], photo["height"]))
        if told != ("ready", sample.form, sample.seen.size):
            wrong.append(f"{name}: {told} {photo['reason']}")
            continue
        with about(name):
            images = {kind: stored(tintype, key) for kind, key in made[photo["photo_id"]].items()}
            wrong += [f"{name}: {fault}" for fault in faults(sample, images)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", range(12))
def test_every_hostile_file_is_refused_with_its_reason_or_taken_well(tintype: Tintype, part: int) -> None:
    files = {file.name: file for file in harmful()[part::12]}
    put_in(tintype, {name: file.data for name, file in files.items()})
    taken, refused, made = listed(tintype), listed(tintype, state="rejected"), derivatives(tintype)
    assert set(taken) == {name for name, file in files.items() if file.refused is None}
    assert set(refused) == set(files) - set(taken)
    wrong = [
        f"{name}: {photo['reason']}"
        for name, photo in refused.items()
        if not re.search(files[name].refused or "", photo["reason"]) or photo["photo_id"] in made
    ]
    for name, photo in taken.items():
        with about(name):
            images = {kind: stored(tintype, key) for kind, key in made[photo["photo_id"]].items()}
        if set(images) - {"small"} != {"thumbnail", "resized", "preview"} or images["thumbnail"][0].size != (150, 150):
            wrong.append(f"{name}: {images}")
        wrong += [f"{name}: {kind} holds a script" for kind, (_, _, data) in images.items() if b"<script" in data]
    assert not wrong, "\n".join(wrong)
    for name, file in files.items():
        assert tintype.s3.get_object(Bucket="originals", Key=name)["Body"].read() == file.data


@camera_files.wanted
def test_every_photo_of_a_real_camera_is_taken(tintype: Tintype) -> None:
    put_in(tintype, {path.name: path.read_bytes() for path in camera_files.PHOTOGRAPHS})
    shown, made = listed(tintype), derivatives(tintype)
    assert set(shown) == {path.name for path in camera_files.PHOTOGRAPHS}
    for name, photo in shown.items():
        with about(name):
            assert photo["state"] == "ready"
            assert (photo["width"] > photo["height"]) or not name.startswith("landscape_")
            images = {kind: stored(tintype, key) for kind, key in made[photo["photo_id"]].items()}
            assert images["thumbnail"][0].size == (150, 150)
            half = ((photo["width"] + 1) // 2, (photo["height"] + 1) // 2)
            assert images["resized"][0].size == half
            assert max(images.get("small", images["preview"])[0].size) <= SMALL_SIDE


def test_the_corpus_is_as_large_as_it_says_and_no_file_is_in_it_twice() -> None:
    assert len(good()) >= 120
    assert len(harmful()) >= 40
    assert {sample.form for sample in good()} == set(FORMATS)
    for names in ([(sample.form, sample.name) for sample in good()], [file.name for file in harmful()]):
        assert len(set(names)) == len(names)
    files = [*(sample.data for sample in good()), *(file.data for file in harmful())]
    assert len(set(files)) == len(files)
