"""YAML files of PhotoPrism, and hostile ones."""

import io

import pytest

from tintype_cli.sources.files import FileEntry
from tintype_cli.sources.photoprism_yaml import PhotoYaml, YamlError, read_album, read_photo


def entry(text: str) -> FileEntry:
    data = text.encode()
    return FileEntry("a.yml", len(data), 0.0, lambda: io.BytesIO(data))


def test_what_people_have_entered() -> None:
    assert read_photo(
        entry("""\
TakenAt: 2019-07-13T16:20:05Z
TakenAtLocal: 2019-07-13T18:20:05Z
TakenSrc: manual
UID: pqbzamx1lymzxxxx
Title: Berlin
TitleSrc: manual
Description: The gate
DescriptionSrc: manual
Favorite: true
Private: true
TimeZone: Europe/Berlin
PlaceSrc: manual
Lat: 52.5
Lng: 13.4
Details:
  Keywords: gate, night , gate,
  KeywordsSrc: manual
DeletedAt: 2022-01-01T00:00:00Z
""")
    ) == PhotoYaml(
        "pqbzamx1lymzxxxx",
        "Berlin\n\nThe gate",
        ("gate", "night"),
        "2019-07-13T18:20:05",
        "+02:00",
        52.5,
        13.4,
        is_favorite=True,
        is_private=True,
        is_archived=True,
    )


def test_what_photoprism_has_from_the_file_or_guessed_is_left_out() -> None:
    assert read_photo(
        entry("""\
TakenAt: 2019-07-13T16:20:05Z
TakenAtLocal: 2019-07-13T18:20:05Z
TakenSrc: meta
UID: p1
Title: Berlin / 2019
Description: From the file
DescriptionSrc: meta
PlaceSrc: estimate
Lat: 52.5
Lng: 13.4
Details:
  Keywords: berlin, gray
""")
    ) == PhotoYaml("p1")


@pytest.mark.parametrize(
    ("local", "moment", "zone", "offset"),
    [
        ("1955-01-01T00:00:00Z", "1955-01-01T05:30:00Z", "America/New_York", "-05:30"),
        ("2019-07-13T18:20:05Z", "2019-07-13T18:20:05Z", "UTC", "+00:00"),
        ("2019-07-13T18:20:05Z", "2019-07-13T18:20:05Z", "", None),
        ("2019-07-13T18:20:05Z", "2019-07-13T18:19:35Z", "X", None),
        ("2019-07-13T18:20:05Z", "2018-07-13T18:20:05Z", "X", None),
        ("2019-07-13T18:20:05Z", "soon", "X", None),
    ],
)
def test_offset(local: str, moment: str, zone: str, offset: str | None) -> None:
    photo = read_photo(entry(f"TakenAtLocal: {local}\nTakenAt: {moment}\nTimeZone: '{zone}'\nTakenSrc: name\n"))
    assert (photo.taken_local, photo.offset) == (local.removesuffix("Z"), offset)


def test_values_of_other_types_are_left_out() -> None:
    sources = "TakenSrc: manual\nPlaceSrc: manual\nTitleSrc: manual\n"
    assert read_photo(entry(f"{sources}TakenAtLocal: soon\nLat: x\nLng: 1\nTitle: 3\nDetails: 5\n")) == PhotoYaml()
    assert (
        read_photo(entry("TakenAtLocal: 2019-07-13\nTakenSrc: manual\nPlaceSrc: manual\nLat: .inf\nLng: 0\n"))
        == PhotoYaml()
    )


def test_caption_of_newer_versions() -> None:
    assert read_photo(entry("Caption: New\nCaptionSrc: manual\n")).caption == "New"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "a: [",
        "a: 2019-13-41T00:00:00Z",
        "[" * 1_000_000,
        "- " * 400_000,
        "!!python/object/apply:os.getcwd []",
        "\0",
        "a: b: c",
    ],
)
def test_what_is_no_yaml_of_photoprism(text: str) -> None:
    with pytest.raises(YamlError, match=r"^[^\n]+$"):
        read_photo(entry(text))


def test_albums_that_are_none() -> None:
    assert read_album(entry("UID: m\nType: month\nTitle: May\n")) is None
    assert read_album(entry("UID: a\nTitle: A\nDeletedAt: 2022-01-01T00:00:00Z\n")) is None
    album = read_album(entry("Title: A\nPhotos: 3\n"))
    assert album
    assert (album.uid, album.photos, album.order) == ("a.yml", (), "oldest")
