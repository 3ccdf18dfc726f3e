"""Folders by their names, in many languages."""

import pytest

from tintype_cli.sources.takeout.folders import FolderKind, classify

ALBUM, TIMELINE, ARCHIVE, TRASH = FolderKind.ALBUM, FolderKind.TIMELINE, FolderKind.ARCHIVE, FolderKind.TRASH


@pytest.mark.parametrize(
    ("name", "title", "kind"),
    [
        ("Photos from 2019", None, TIMELINE),
        ("Photos from 1899", None, TIMELINE),
        ("Photos from 2019", "Photos from 2019", TIMELINE),
        ("Photos from 2019(1)", None, TIMELINE),
        ("Fotos von 2019", None, TIMELINE),
        ("Foto\u2019s uit 2019", None, TIMELINE),
        ("2019 年的照片", None, TIMELINE),
        ("2017-08-11", "2017-08-11", TIMELINE),
        ("2017-08-11 #2", None, TIMELINE),
        ("2017-08-11", "Hike", ALBUM),
        ("Rome 2019", "Rome 2019", ALBUM),
        ("Rome 2019", None, ALBUM),
        ("Photos from vacation", None, ALBUM),
        ("Untitled(3)", "", ALBUM),
        ("Trash", None, TRASH),
        ("Papierkorb", None, TRASH),
        ("Corbeille", None, TRASH),
        ("Bin", "Bin", ALBUM),  # somebody's album
        ("Archiv", None, ARCHIVE),
        ("", None, TIMELINE),
        ("Google Fotos", None, TIMELINE),
    ],
)
def test_kind(name: str, title: str | None, kind: FolderKind) -> None:
    assert classify({name: title}, {"Google Fotos"}) == {name: kind}


def test_years_in_an_unknown_language_are_known_by_their_number() -> None:
    years = {f"{year}eko argazkiak": None for year in range(2017, 2020)}
    titles = {**years, "Eguberri 2018": "Eguberri 2018", "Eguberri 2019": "Eguberri 2019", "Erroma 2019": None}
    assert classify(titles, ()) == dict.fromkeys(years, TIMELINE) | dict.fromkeys(list(titles)[3:], ALBUM)
