"""Matches the albums of a catalogue with those of a library."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

type Json = Mapping[str, Any]


def match_albums(exported: Sequence[Json], found: Sequence[Json]) -> dict[str, str]:
    """The id in the catalogue of each album of the library that has one: by id, then the n-th one of a title."""
    ids = {album["album_id"] for album in exported}
    matched = {album["album_id"]: album["album_id"] for album in found if album["album_id"] in ids}
    left: defaultdict[str, list[str]] = defaultdict(list)
    for album in sorted(exported, key=_by_time):
        if album["album_id"] not in matched:
            left[album["title"]].append(album["album_id"])
    for album in sorted(found, key=_by_time):
        if album["album_id"] not in matched and left[album["title"]]:
            matched[album["album_id"]] = left[album["title"]].pop(0)
    return matched


def _by_time(album: Json) -> tuple[str, str]:
    return album["created_at"], album["album_id"]
