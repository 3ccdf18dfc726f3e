"""Finds the JSON file of a photo by their names in a folder of a Takeout.

Google names the JSON of `IMG.jpg` `IMG.jpg.json`, and since 2024 `IMG.jpg.supplemental-metadata.json`, and cuts the
name after 46 UTF-16 units before `.json`, of the file itself after 47 before its extension. A second file of a name has
a number: `IMG(1).jpg`, with `IMG.jpg(1).json`, `IMG.jpg.supplemental-metadata(1).json` or, rarely,
`IMG.jpg(1).supplemental-metadata.json`. An edited copy has a word more, in the language of the account, such as
`IMG-edited.jpg`, and no JSON of its own; neither has the video of a Live Photo.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import IntEnum

from tintype_cli.sources.formats import kind_of, split_extension

_SUPPLEMENT = "supplemental-metadata"
_CUT_LENGTHS = (46, 45, 47)
_MIN_CUT = 46  # of a file's name without its extension, that may be cut
_NUMBER = re.compile(r"(.*)\((\d{1,6})\)", re.DOTALL)

type _Key = tuple[str, str]  # a folded name, and its number as digits


class Match(IntEnum):
    """How a JSON file belongs to a file."""

    OWN = 1
    SHARED = 2  # it is that of an original, of which the file is an edited copy or a video


class JsonNames:
    """The names of the JSON files in one folder, to look those of photos up in."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names` end with `.json`."""
        self._by_key: defaultdict[_Key, list[str]] = defaultdict(list)
        self._by_stem: defaultdict[_Key, list[str]] = defaultdict(list)
        for name in names:
            for key in _json_keys(_fold(name)[: -len(".json")]):
                self._by_key[key].append(name)
                if _is_media(key[0]):
                    self._by_stem[split_extension(key[0])[0], key[1]].append(name)

    def find(self, filename: str) -> tuple[list[str], Match] | None:
        """The names of the JSON that belong to a file, usually one, and how; None if there is none."""
        name = _fold(filename)
        if found := self._find_own(name):
            # Names that differ in case only are found together: the one in the same case comes first.
            return sorted(found, key=lambda json_name: -_count_equal(json_name, filename)), Match.OWN
        found = self._find_by_stem(name) or self._find_original(name) or self._find_cut(name)
        return (found, Match.SHARED) if found else None

    def _find_own(self, name: str) -> list[str]:
        keys = list(_file_keys(name))
        candidates = [
            *keys,
            *((cut, number) for text, number in keys for cut in _cut_keys(text)),
            # Uploaded without an extension: Google adds one to the file only.
            *((split_extension(text)[0], number) for text, number in keys),
        ]
        return next((self._by_key[key] for key in candidates if key in self._by_key), [])

    def _find_by_stem(self, name: str) -> list[str]:
        """Of the photo with the same name but another extension: of `IMG.HEIC` for `IMG.MP4`."""
        keys = list(_file_keys(name))
        candidates = [*keys, *((split_extension(text)[0], number) for text, number in keys)]
        return next((self._by_stem[key] for key in candidates if key in self._by_stem), [])

    def _find_original(self, name: str) -> list[str]:
        """Of the original of an edited copy, whatever word the language has for it, maybe cut."""
        for text, number in _file_keys(name):
            stem, extension = split_extension(text)
            original, dash, word = stem.rpartition("-")
            if not dash or not original or not word or any(character.isdigit() for character in word):
                continue
            numbered = f"{original}({number}){extension}" if number else original + extension
            for candidate in (numbered, original + extension):
                if found := self._find_own(candidate) or self._find_by_stem(candidate):
                    return found
        return []

    def _find_cut(self, name: str) -> list[str]:
        """Of a file whose name is so long that nothing is left of the word for edited copies, only a number."""
        for text, number in _file_keys(name):
            if number and _length(split_extension(text)[0]) >= _MIN_CUT:
                keys = [(_cut(text, length), "") for length in _CUT_LENGTHS]
                return next((self._by_key[key] for key in keys if key in self._by_key), [])
        return []


def names_media(json_name: str) -> bool:
    """Whether a JSON file is named after a photo or video."""
    keys = _json_keys(_fold(json_name)[: -len(".json")])
    return any(_is_media(text) for text, _ in keys)


def _json_keys(stem: str) -> set[_Key]:
    """What the file of a JSON may be called: the name itself, without supplement, without number."""
    keys: set[_Key] = set()
    left = [(stem, "")]
    while left:
        text, number = left.pop()
        if (text, number) in keys or not text:
            continue
        keys.add((text, number))
        base, dot, supplement = text.rpartition(".")
        if dot and _SUPPLEMENT.startswith(supplement):
            left.append((base, number))
        if not number and (numbered := _NUMBER.fullmatch(text)):
            left.append((numbered[1], numbered[2]))
    return keys


def _file_keys(name: str) -> Iterator[_Key]:
    """The name of a file as it is, and without the number before its extension."""
    yield name, ""
    stem, extension = split_extension(name)
    if numbered := _NUMBER.fullmatch(stem):
        yield numbered[1] + extension, numbered[2]


def _cut_keys(name: str) -> Iterator[str]:
    """What may be left of the name of a JSON, but never less than a number at the end of the file's."""
    stem = split_extension(name)[0]
    for length in _CUT_LENGTHS:
        if not _NUMBER.fullmatch(stem) or length > _length(stem):
            yield _cut(f"{name}.{_SUPPLEMENT}", length)


def _count_equal(first: str, second: str) -> int:
    return sum(left == right for left, right in zip(first, second, strict=False))


def _is_media(name: str) -> bool:
    return kind_of(name) in {"photo", "video"}


def _fold(name: str) -> str:
    """A name without the differences that file systems make."""
    return unicodedata.normalize("NFC", name).casefold()


def _length(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _cut(text: str, length: int) -> str:
    """The first `length` UTF-16 units."""
    return text.encode("utf-16-le", "replace")[: length * 2].decode("utf-16-le", "ignore")
