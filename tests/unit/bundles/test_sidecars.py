"""Sidecars in bundles are those of `tintype export`, byte for byte."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.bundles.sidecars import own_sidecars, write_sidecar
from chalicelib.bundles.zip import RAW_EXTENSIONS, sidecar_name
from chalicelib.library.photo import Photo
from chalicelib.routes.serializers import PhotoSerializer
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import Coordinates
from tests.support.factories import OWNER, photo
from tintype_cli import xmp
from tintype_cli.export import names
from tintype_cli.export.photo_files import details_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TAGS = st.lists(st.one_of(TEXTS, st.sampled_from(["sea", "a/b", "a|b", "\x00", " "])), max_size=4).map(tuple)
NAMES = st.lists(TEXTS.filter(bool), max_size=4).map(tuple)
TIMES = st.one_of(
    st.none(),
    st.builds(
        CaptureTime,
        st.datetimes(datetime(1826, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001 (the camera's clock)
        st.one_of(st.none(), st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))),
    ),
)
POSITIONS = st.one_of(
    st.none(),
    st.builds(Coordinates, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000)),
)
FIELDS = st.fixed_dictionaries({
    "user_tags": TAGS,
    "own_caption": TEXTS,
    "own_rating": st.integers(0, 5),
    "favorite": st.booleans(),
    "label": st.one_of(st.none(), TEXTS),
    "own_place": NAMES,
    "camera_time": TIMES,
    "file_coordinates": POSITIONS,
})  # fmt: skip


def exported(photo: Photo) -> bytes:
    """The sidecar that `tintype export` writes of what the API says of a photo."""
    serializer = PhotoSerializer(OWNER, lambda *_, **__: "", lambda *_, **__: "")
    return xmp.write(details_of(serializer.photo(photo)))


@given(FIELDS)
@example({"own_place": ("Alfama", "Lisbon", "Lisbon", "Lisboa", "Portugal")})
@example({"own_place": ("Lisbon", "Portugal"), "own_caption": "\ufffe<&>\r\nfoo"})
def test_sidecar_is_that_of_an_export(fields: dict[str, Any]) -> None:
    of = replace(photo("p1"), **fields)
    assert write_sidecar(of) == exported(of)


def test_raw_files_are_those_of_an_export() -> None:
    assert RAW_EXTENSIONS == names.RAW_EXTENSIONS
    for name in ("IMG_1.jpg", "IMG_2.CR3", "a.tar.gz", "photo"):
        assert sidecar_name(name) == names.sidecar_path(name)


def test_only_own_photos_have_sidecars_and_positions_only_if_the_library_reads_them() -> None:
    of = replace(photo("p1"), file_coordinates=Coordinates(38_700_000, -9_100_000))
    assert own_sidecars("another", places=True)(of) == b""
    assert [b"GPS" in own_sidecars(OWNER, places=places)(of) for places in (True, False)] == [True, False]
