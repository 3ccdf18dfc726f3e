"""A generated library to search: that of the benchmark `library` with captions, places, ratings and two common tags."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from benchmarks.library.records import Sample, Writer
from chalicelib.library.photo import Derivative, Photo, State
from chalicelib.library.search_index import index_photo
from chalicelib.util.coordinates import Coordinates
from local.demo.series import PLACES

OWNER = "0f6c1a52-7c1e-4f53-9a63-6f1f3b0c1d2e"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
# A fifth of the photos have each of these tags; of those with one of them, 0.5 % have the other, too.
COMMON_TAGS = ("kodachrome", "scanned")
COMMON_SHARE, OVERLAP = 0.2, 0.005
COUNTRIES = ("Portugal", "Germany", "Austria", "Norway", "Italy", "France", "Sweden", "Greece")
CAPTIONED, PLACED, RATED, FAVORITE = 0.4, 0.7, 0.1, 0.03
CAPTION_WORDS = (3, 9)
VOCABULARY = 5_000
SYLLABLES = [f"{consonant}{vowel}" for consonant in "bcdfghklmnprstvw" for vowel in "aeiou"]
LENS = "EF 24-70mm f/2.8L II USM"
SIZES = {"thumbnail": (320, 240), "small": (480, 360), "preview": (1600, 1200), "resized": (2016, 1512)}


def search_library(count: int) -> Iterator[Photo]:
    """The first `count` photos, as the store has them."""
    rng = Random(18)
    words = [_word(number) for number in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    writer = Writer(owner=OWNER, bucket="originals", heat=lambda _: 1000, samples=(_sample(),), now=NOW)
    for photo, _ in writer.records(count):
        caption = " ".join(rng.choices(words, weights, k=rng.randint(*CAPTION_WORDS))).capitalize()
        coordinates, place = _place(photo, rng)
        yield index_photo(
            replace(
                photo,
                user_tags=(*photo.user_tags, *_common_tags(rng)),
                file_caption=caption if rng.random() < CAPTIONED else None,
                file_rating=rng.randint(1, 5) if rng.random() < RATED else None,
                favorite=rng.random() < FAVORITE,
                lens=LENS,
                perceptual_hash=rng.randbytes(16),
                embedding=rng.randbytes(160),
                labeler="vision-1",
                file_coordinates=coordinates,
                file_place=place,
            )
        )


def _common_tags(rng: Random) -> tuple[str, ...]:
    first, second = COMMON_TAGS
    chance = rng.random()
    if chance < COMMON_SHARE * OVERLAP:
        return COMMON_TAGS
    if chance < COMMON_SHARE:
        return (first,)
    return (second,) if chance < COMMON_SHARE * (2 - OVERLAP) else ()


def _place(photo: Photo, rng: Random) -> tuple[Coordinates | None, tuple[str, ...]]:
    """Coordinates near the place that the tags name, and its names."""
    number = next((PLACES.index(tag) for tag in photo.user_tags if tag in PLACES), 0)
    if rng.random() >= PLACED:
        return None, ()
    latitude, longitude = 36 + number * 31 % 29 + rng.gauss(0, 0.05), -9 + number * 17 % 40 + rng.gauss(0, 0.05)
    coordinates = Coordinates(round(latitude * 1_000_000), round(longitude * 1_000_000))
    return coordinates, (PLACES[number].title(), COUNTRIES[number % len(COUNTRIES)])


def _word(number: int) -> str:
    """A word of two to four syllables."""
    syllables = []
    number += len(SYLLABLES)
    while number:
        number, syllable = divmod(number, len(SYLLABLES))
        syllables.append(SYLLABLES[(syllable * 37 + 11) % len(SYLLABLES)])
    return "".join(syllables)


def _sample() -> Sample:
    """A picture whose images were made, without their bytes."""
    derivatives = {
        name: Derivative(f"{name}/sample.jpg", "image/jpeg", "JPEG", width, height, width * height // 8)
        for name, (width, height) in SIZES.items()
    }
    photo = Photo("sample", OWNER, "sample.jpg", "sample.jpg", NOW, 1, State.READY, width=4032, height=3024)
    return Sample(replace(photo, placeholder="1QcSHQRnh493V4dIh4eXh1h4kJUI", derivatives=derivatives), b"")
