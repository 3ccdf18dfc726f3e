"""Records of a generated library: what ingest would have stored for its photos, without their pixels.

Dates, tags and visibility are those of `make demo`; labels are names of attributes. Every photo has its own original
and small image; thumbnail, preview and resized image are shared by the photos of one sample, because only their sizes
matter to reads.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from chalicelib.ingest.originals import upload_key
from chalicelib.ingest.processing import DERIVATIVE_NAMES, derivative_key
from chalicelib.library.label import Label
from chalicelib.library.photo import Derivative, Photo, State, Visibility
from chalicelib.util.capture_time import CaptureTime
from local.demo.series import PhotoMetadata, demo_series

SEED = 50
OWN_DERIVATIVE = "small"
COLORS = ("blue", "gray", "green", "brown", "orange", "black", "white", "yellow", "turquoise", "pink", "red", "purple")
MAKES = ("apple", "samsung", "google", "canon", "nikon", "sony", "fujifilm")
SEASONS = ("winter", "spring", "summer", "autumn")
DAYTIMES = ("afternoon", "morning", "evening", "night")


@dataclass(frozen=True, slots=True)
class Sample:
    """A processed picture whose derivatives the photos of the library have, and the bytes of the small one."""

    photo: Photo
    small: bytes


@dataclass(frozen=True, slots=True)
class Writer:
    """What all records of one library have in common; `heat` is the heat of a photo by the time it was received."""

    owner: str
    bucket: str
    heat: Callable[[datetime], int]
    samples: tuple[Sample, ...]
    now: datetime

    def records(self, count: int) -> Iterator[tuple[Photo, Sample]]:
        """The first `count` photos, each with its sample; the same for every run, except for dates."""
        rng = Random(SEED)
        photos = (photo for series in demo_series(count, self.now) for photo in series.photos)
        for metadata in islice(photos, count):
            sample = self.samples[metadata.number % len(self.samples)]
            yield self._record(metadata, sample, rng), sample

    def _record(self, metadata: PhotoMetadata, sample: Sample, rng: Random) -> Photo:
        photo_id = f"{rng.getrandbits(128):032x}"
        received_at = min(self.now, metadata.taken_at + timedelta(days=rng.expovariate(1 / 5)))
        photo = Photo(
            photo_id=photo_id,
            owner=self.owner,
            key=upload_key(self.owner, photo_id, metadata.filename),
            filename=metadata.filename,
            received_at=received_at,
            heat=self.heat(received_at),
            state=State.READY,
            visibility=Visibility.PUBLIC if metadata.public else Visibility.PRIVATE,
            label=metadata.scene,
            user_tags=metadata.tags,
            labels=_labels(metadata, sample, rng),
            camera_time=CaptureTime(metadata.taken_at.replace(tzinfo=None)),
            camera=f"{rng.choice(MAKES).capitalize()} {rng.randint(1, 16)}",
            width=sample.photo.width,
            height=sample.photo.height,
            bytes=rng.randint(900_000, 6_000_000),
            format="JPEG",
            placeholder=sample.photo.placeholder,
            sha256=f"{rng.getrandbits(256):064x}",
            finished_at=received_at + timedelta(seconds=1),
            duration_ms=rng.randint(150, 400),
            version=3,
        )
        event = {
            "bucket": self.bucket,
            "key": photo.key,
            "event_name": "ObjectCreated:Post",
            "event_time": received_at.isoformat(),
            "region": "us-east-1",
            "sequencer": f"{rng.getrandbits(64):016X}",
        }
        return replace(photo, event=event, derivatives=_derivatives(photo, sample))


def _derivatives(photo: Photo, sample: Sample) -> dict[str, Derivative]:
    small = sample.photo.derivatives[OWN_DERIVATIVE]
    own = replace(small, key=derivative_key(photo.photo_id, OWN_DERIVATIVE, small.mime))
    return {name: own if name == OWN_DERIVATIVE else sample.photo.derivatives[name] for name in DERIVATIVE_NAMES}


def _labels(metadata: PhotoMetadata, sample: Sample, rng: Random) -> tuple[Label, ...]:
    """Shape, one to three colors, season and time of day."""
    width, height = sample.photo.width or 0, sample.photo.height or 0
    shape = "square" if width == height else "horizontal" if width > height else "vertical"
    colors = rng.choices(COLORS, [1 / rank for rank in range(1, len(COLORS) + 1)], k=rng.randint(1, 3))
    season = SEASONS[metadata.taken_at.month % 12 // 3]
    daytime = rng.choices(DAYTIMES, (5, 4, 2, 1))[0]
    names = dict.fromkeys((shape, *colors, season, daytime))
    return tuple(Label(name, 90.0) for name in names)
