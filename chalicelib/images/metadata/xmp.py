"""Reads dates, position, camera, lens, exposure, caption, rating and keywords from XMP: RDF in XML (ISO 16684-1).

Expat reads it without its document type: entities are never expanded, and nothing is ever loaded. What was found before
an error counts.
"""

from xml.parsers import expat

from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.dates import Meaning, parse_date
from chalicelib.images.metadata.exposures import parse_exposure
from chalicelib.images.metadata.fields import (
    CHARACTERS_PER_STEP,
    MAX_KEYWORDS,
    MAX_TEXT_CHARACTERS,
    Fields,
    parse_rating,
    printable,
    unique_keywords,
)
from chalicelib.images.metadata.names import camera_name, lens_name
from chalicelib.images.metadata.positions import parse_position

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_TAG_BYTES = 1024 * 1024  # with its attributes, which take some 20 times the memory
CHUNK_BYTES = 64 * 1024
MAX_CHARACTERS = 256
MAX_PREFIXES = 64  # of the known namespaces

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EXIF, _TIFF = "http://ns.adobe.com/exif/1.0/", "http://ns.adobe.com/tiff/1.0/"
_PHOTOSHOP, _XMP = "http://ns.adobe.com/photoshop/1.0/", "http://ns.adobe.com/xap/1.0/"
_AUX, _EXIF_EX = "http://ns.adobe.com/exif/1.0/aux/", "http://cipa.jp/exif/1.0/"
_DC = "http://purl.org/dc/elements/1.1/"
_NAMESPACES = frozenset({_RDF, _EXIF, _TIFF, _PHOTOSHOP, _XMP, _AUX, _EXIF_EX, _DC})
_DATES = {
    _EXIF + "DateTimeOriginal": Meaning.ORIGINAL,
    _PHOTOSHOP + "DateCreated": Meaning.ORIGINAL,
    _EXIF + "DateTimeDigitized": Meaning.DIGITIZED,
    _XMP + "CreateDate": Meaning.DIGITIZED,
}
_MAKE, _MODEL = _TIFF + "Make", _TIFF + "Model"
_LENS_MAKE, _LENS_MODEL, _LENS = _EXIF_EX + "LensMake", _EXIF_EX + "LensModel", _AUX + "Lens"
_TITLE, _DESCRIPTION, _HEADLINE = _DC + "title", _DC + "description", _PHOTOSHOP + "Headline"
_RATING, _KEYWORDS = _XMP + "Rating", _DC + "subject"
_LATITUDE, _LONGITUDE, _GPS_STATUS = _EXIF + "GPSLatitude", _EXIF + "GPSLongitude", _EXIF + "GPSStatus"
_EXPOSURE = (_EXIF + "ExposureTime", _EXIF + "FNumber", _EXIF + "ISOSpeedRatings", _EXIF + "FocalLength",
             _EXIF + "FocalLengthIn35mmFilm")  # fmt: skip
_CAPTIONS = frozenset({_TITLE, _DESCRIPTION, _HEADLINE})
_LENSES = frozenset({_LENS_MAKE, _LENS_MODEL, _LENS})
_POSITION = frozenset({_LATITUDE, _LONGITUDE, _GPS_STATUS})
_WANTED = frozenset({*_DATES, _MAKE, _MODEL, _RATING, _KEYWORDS, *_EXPOSURE}) | _CAPTIONS | _LENSES | _POSITION
_ITEM, _DEFAULT_LANGUAGE = _RDF + "li", "x-default"


def read(data: bytes, budget: Budget) -> Fields:
    """The fields of an XMP packet."""
    reader = _Reader(budget)
    reader.parse(data[:MAX_BYTES].strip(b"\0 \t\r\n"))
    fields = Fields()
    for name, meaning in _DATES.items():
        fields.add_time(meaning, parse_date(reader.property(name)))
    fields.camera = camera_name(reader.property(_MAKE), reader.property(_MODEL))
    fields.lens = lens_name(reader.property(_LENS_MAKE), reader.property(_LENS_MODEL)) or lens_name(
        "", reader.property(_LENS)
    )
    fields.exposure = parse_exposure(*map(reader.property, _EXPOSURE))
    fields.title = reader.first(_TITLE) or reader.first(_HEADLINE)
    fields.description = reader.first(_DESCRIPTION)
    fields.rating = parse_rating(reader.property(_RATING))
    fields.keywords = unique_keywords(reader.found.get(_KEYWORDS, ()))
    fields.coordinates = parse_position(*map(reader.property, (_LATITUDE, _LONGITUDE, _GPS_STATUS)))
    return fields


class _UnsupportedError(Exception):
    """A document type, which XMP does not have, elements nested too deep, or too much of anything."""


class _Reader:
    """Collects the wanted properties of descriptions, as attributes or elements, but not those of nested structures.

    A property has a text, or the texts of a list; of several languages the default one is the first. Prefixes are
    resolved here: expat would write the whole namespace in front of each name, however long it is.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.found: dict[str, list[str]] = {}
        self.path: list[str] = []
        self.scopes: list[dict[str, str]] = [{}]  # namespaces by prefix, of each open element
        self.open = ""  # the property whose text is collected
        self.depth = 0  # of its element
        self.index: int | None = None  # of the text that is collected
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type

    def property(self, name: str) -> str:
        """A property as printable text on one line; empty if it is missing."""
        return printable(self.first(name)[:MAX_CHARACTERS])

    def first(self, name: str) -> str:
        """The first text of a property, as it is written; empty if it is missing."""
        return next((text for text in self.found.get(name, ()) if text.strip()), "")

    def parse(self, data: bytes) -> None:
        try:
            for at in range(0, len(data), CHUNK_BYTES):
                self.parser.Parse(data[at : at + CHUNK_BYTES])
                if at - self.parser.CurrentByteIndex > MAX_TAG_BYTES:
                    return
            self.parser.Parse(b"", True)
        except (expat.ExpatError, _UnsupportedError, ValueError, LookupError):  # the latter two: unknown encodings
            return

    def refuse_document_type(self, *_: object) -> None:
        raise _UnsupportedError

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.path) >= MAX_DEPTH or not self.budget.take_steps(1 + len(attributes)):
            raise _UnsupportedError
        self.scopes.append(self.scope(attributes))
        name = self.resolve(tag)
        self.path.append(name)
        if self.open:
            if name == _ITEM and len(self.path) == self.depth + 2:
                self.start_item(attributes.get("xml:lang", ""))
            return
        if self.path[-2:] == [_RDF + "RDF", _RDF + "Description"]:
            for attribute, value in attributes.items():
                if ":" in attribute and (wanted := self.resolve(attribute)) in _WANTED and value.strip():
                    self.found.setdefault(wanted, [value[: _most(wanted)]])
        if name in _WANTED - self.found.keys() and self.path[-3:-1] == [_RDF + "RDF", _RDF + "Description"]:
            self.found[name] = [""]
            self.open, self.depth, self.index = name, len(self.path), 0
            self.parser.CharacterDataHandler = self.text

    def start_item(self, language: str) -> None:
        """Begin another text of the property; what is between the items is space."""
        texts = self.found[self.open]
        if self.index is not None:
            texts.clear()
        self.index = 0 if language.casefold() == _DEFAULT_LANGUAGE else len(texts)
        texts.insert(self.index, "")
        del texts[MAX_KEYWORDS:]
        if self.index >= MAX_KEYWORDS:
            self.index = None

    def scope(self, attributes: dict[str, str]) -> dict[str, str]:
        """The namespaces by prefix inside an element with these attributes, the known ones only."""
        declared = {name[6:]: value for name, value in attributes.items() if name == "xmlns" or name[:6] == "xmlns:"}
        if not declared:
            return self.scopes[-1]
        known = {prefix: value for prefix, value in (self.scopes[-1] | declared).items() if value in _NAMESPACES}
        if len(known) > MAX_PREFIXES:
            raise _UnsupportedError
        return known

    def resolve(self, name: str) -> str:
        """A name with its namespace in place of the prefix; without one if that is not a known one."""
        prefix, _, local = name.rpartition(":")
        return self.scopes[-1].get(prefix, "") + local

    def end(self, _: str) -> None:
        self.scopes.pop()
        name = self.path.pop()
        if not self.open:
            return
        if name == _ITEM and len(self.path) == self.depth + 1:
            self.index = None
        elif len(self.path) < self.depth:
            if not any(text.strip() for text in self.found[self.open]):
                del self.found[self.open]
            self.open, self.parser.CharacterDataHandler = "", None

    def text(self, text: str) -> None:
        if self.index is not None:
            texts, missing = self.found[self.open], _most(self.open) - len(self.found[self.open][self.index])
            if missing > 0:
                self.budget.take_steps(len(text[:missing]) // CHARACTERS_PER_STEP)
                texts[self.index] += text[:missing]


def _most(name: str) -> int:
    """How many characters of a property are read."""
    return MAX_TEXT_CHARACTERS if name in _CAPTIONS else MAX_CHARACTERS
