"""Combines the fields of all blocks of a file into the metadata of a photo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.images.metadata.captions import combine_caption
from chalicelib.images.metadata.dates import combine
from chalicelib.images.metadata.fields import Fields, Source
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure

# People describe photos with programs. These edit XMP, sometimes IPTC too, and leave EXIF as the camera wrote it.
_BY_PEOPLE = (Source.XMP, Source.IPTC, Source.EXIF, Source.TEXT)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a photo from its file, besides its pixels.

    `caption` has at most 2,000 characters and may have several lines; `rating` is 1 to 5; `keywords` are at most 50,
    as they are written in the file. Lens, exposure and coordinates are for the owner of the photo only.
    """

    capture_time: CaptureTime | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: Exposure | None = None
    caption: str | None = None
    rating: int | None = None
    keywords: tuple[str, ...] = ()
    coordinates: Coordinates | None = None


def merge(found: Sequence[tuple[Source, Fields]]) -> Metadata:
    """The metadata of a file, given the fields of its blocks in the order in which they are stored.

    Facts of the camera come from EXIF first: dates, camera, lens, exposure, position. What people say comes from XMP
    first, then from IPTC: caption, rating, keywords.
    """
    by_camera = [fields for _, fields in sorted(found, key=lambda each: each[0])]
    by_people = [fields for _, fields in sorted(found, key=lambda each: _BY_PEOPLE.index(each[0]))]
    camera = _first(fields.camera for fields in by_camera)
    return Metadata(
        capture_time=combine(
            [time for fields in by_camera for time in fields.times], _first(fields.gps_time for fields in by_camera)
        ),
        camera=camera,
        lens=_first(fields.lens for fields in by_camera),
        exposure=_first(fields.exposure for fields in by_camera),
        caption=combine_caption(by_people, camera),
        rating=_first(fields.rating for fields in by_people) or None,
        keywords=next((fields.keywords for fields in by_people if fields.keywords), ()),
        coordinates=_first(fields.coordinates for fields in by_camera),
    )


def _first[T](values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
