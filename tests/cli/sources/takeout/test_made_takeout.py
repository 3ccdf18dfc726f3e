"""A whole Takeout: every photo once, with its date, caption and albums; every other file with the reason."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.sources.takeout.made_takeout import Expected, MadeTakeout, make_takeout
from tintype_cli.photos import ImportAlbum, ImportPhoto, Problem
from tintype_cli.sources.takeout import TakeoutSource, detect

type Read = tuple[list[ImportPhoto], list[Problem], Sequence[ImportAlbum]]


@pytest.fixture(scope="module")
def made() -> MadeTakeout:
    return make_takeout()


@pytest.fixture(scope="module", params=["zips", "folders"])
def root(request: pytest.FixtureRequest, made: MadeTakeout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("takeout")
    (made.write_zips if request.param == "zips" else made.write_folder)(folder)
    return folder


@pytest.fixture(scope="module")
def read(root: Path) -> Read:
    source = TakeoutSource(root)
    items = list(source.photos())
    photos = [item for item in items if isinstance(item, ImportPhoto)]
    return photos, [item for item in items if isinstance(item, Problem)], source.albums()


def digest(photo: ImportPhoto) -> str:
    with photo.open() as file:
        data = file.read()
    assert len(data) == photo.size
    return sha256(data).hexdigest()


def test_it_has_at_least_200_photos_and_is_recognized(made: MadeTakeout, root: Path) -> None:
    assert len(made.photos) >= 200
    assert detect(root)


def test_every_photo_comes_once_with_all_that_is_known(made: MadeTakeout, read: Read) -> None:
    photos, _, albums = read
    titles = {album.key: album.title for album in albums}
    found = {digest(photo): _expected(photo, titles) for photo in photos}
    assert len(found) == len(photos)
    assert found == made.photos


def _expected(photo: ImportPhoto, titles: dict[str, str]) -> Expected:
    details = photo.details
    assert details.offset == ("+00:00" if details.taken_local else None)
    position = None
    if details.latitude is not None and details.longitude is not None:
        position = details.latitude, details.longitude
    return Expected(
        photo.filename,
        details.caption,
        details.taken_local,
        details.favorite,
        position,
        details.tags,
        frozenset(titles[key] for key in details.albums),
        details.trashed,
    )


def test_two_albums_of_one_name_stay_two(read: Read) -> None:
    _, _, albums = read
    assert [album.title for album in albums].count("Rome") == 2
    assert next(album for album in albums if album.key == "takeout/Rome").description == "Day & night"
    assert {album.order for album in albums} == {"oldest"}


def test_every_other_file_is_reported_with_a_reason(made: MadeTakeout, read: Read) -> None:
    _, problems, _ = read
    skipped = [problem for problem in problems if problem.is_skipped]
    assert {_below(problem.path) for problem in skipped} == made.skipped
    assert len(skipped) == len(made.skipped)
    reasons = {_below(problem.path).rpartition("/")[2]: problem.reason for problem in skipped}
    assert reasons["IMG_2367.MP4"] == "This is the video of the Live Photo IMG_2367.JPG: Tintype keeps photos only."
    assert reasons["VID_1.mp4"] == "This is a video: Tintype keeps photos only."
    assert reasons["Gone.jpg.json"] == "Gone2.jpg, which this JSON describes, is not among the photos of this Takeout."
    assert reasons["Broken.jpg.json"].startswith("This JSON can't be read: ")


def test_what_is_missing_of_a_photo_is_reported(read: Read) -> None:
    _, problems, _ = read
    noted = {problem.path.rpartition("/")[2]: problem.reason for problem in problems if not problem.is_skipped}
    assert {name: reason.partition(".")[0].partition(":")[0] for name, reason in noted.items()} == {
        "DSC_0104(1).JPG": "No JSON belongs to this photo",
        "Old.jpg": "This photo is archived in Google Photos",
        "Silent2.jpg": "This photo is archived in Google Photos",
    }


def test_another_run_gives_the_same(root: Path) -> None:
    source = TakeoutSource(root)
    first, again, another = (list(map(_identity, run.photos())) for run in (source, source, TakeoutSource(root)))
    assert first == again == another


def _identity(item: ImportPhoto | Problem) -> tuple[object, ...]:
    if isinstance(item, Problem):
        return item.path, item.reason
    return item.path, item.size, item.modified, item.details


def _below(path: str) -> str:
    """A path in the Takeout, without the zip or the folder that a zip was unpacked to."""
    return "".join(path.partition("Takeout/")[1:])
