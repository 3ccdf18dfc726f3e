"""Reads dates and the camera from XMP (ISO 16684-1), which is RDF in XML.

Expat reads it without its document type: entities are never expanded, and nothing is ever loaded. What was found before
an error counts.
"""

from xml.parsers import expat

from chalicelib.images.metadata.dates import Meaning, parse_date
from chalicelib.images.metadata.fields import Fields, camera_name, printable

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_TAG_BYTES = 1024 * 1024  # with its attributes, which take some 20 times the memory
CHUNK_BYTES = 64 * 1024
MAX_CHARACTERS = 256

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EXIF, _TIFF = "http://ns.adobe.com/exif/1.0/", "http://ns.adobe.com/tiff/1.0/"
_DATES = {
    _EXIF + "DateTimeOriginal": Meaning.ORIGINAL,
    "http://ns.adobe.com/photoshop/1.0/DateCreated": Meaning.ORIGINAL,
    _EXIF + "DateTimeDigitized": Meaning.DIGITIZED,
    "http://ns.adobe.com/xap/1.0/CreateDate": Meaning.DIGITIZED,
}
_MAKE, _MODEL = _TIFF + "Make", _TIFF + "Model"
_WANTED = frozenset({*_DATES, _MAKE, _MODEL})


def read(data: bytes) -> Fields:
    """The fields of an XMP packet."""
    reader = _Reader()
    reader.parse(data[:MAX_BYTES].strip(b"\0 \t\r\n"))
    fields = Fields()
    for name, meaning in _DATES.items():
        fields.add_time(meaning, parse_date(reader.found.get(name, "")))
    fields.camera = camera_name(reader.found.get(_MAKE, ""), reader.found.get(_MODEL, ""))
    return fields


class _UnsupportedError(Exception):
    """A document type, which XMP does not have, or elements nested too deep."""


class _Reader:
    """Collects the wanted properties of descriptions, as attributes or elements, but not those of nested structures."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.path: list[str] = []
        self.property = ""
        self.parser = expat.ParserCreate(namespace_separator="")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type

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

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.path) >= MAX_DEPTH:
            raise _UnsupportedError
        self.path.append(name)
        if self.path[-2:] == [_RDF + "RDF", _RDF + "Description"]:
            for wanted in _WANTED & attributes.keys():
                self.found.setdefault(wanted, printable(attributes[wanted][:MAX_CHARACTERS]))
        if name in _WANTED and self.path[-3:-1] == [_RDF + "RDF", _RDF + "Description"]:
            self.property, self.parser.CharacterDataHandler = name, self.text
            self.found.setdefault(name, "")

    def end(self, _: str) -> None:
        if self.path.pop() == self.property:
            self.property, self.parser.CharacterDataHandler = "", None

    def text(self, text: str) -> None:
        self.found[self.property] = printable((self.found[self.property] + text)[:MAX_CHARACTERS])
