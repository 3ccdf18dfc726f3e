"""Reads the properties of an XMP packet."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tintype_cli.xmp.names import DEFAULT_LANGUAGE, DESCRIPTION, ITEM, LANGUAGE, RDF, RESOURCE, VALUE

MAX_BYTES = 8 * 1024 * 1024
MAX_TEXTS = 1000  # of a list


class XmpError(Exception):
    """A sidecar can't be read; the text is a sentence for people."""


class Packet:
    """The properties of an XMP packet: texts by name. Nested structures are ignored."""

    def __init__(self, data: bytes) -> None:
        """Raises XmpError for what is not XMP."""
        self._found: dict[str, list[str]] = {}
        for description in _descriptions(_parse(data)):
            for name, value in description.attrib.items():
                self._add(name, [value])
            for element in description:
                self._add(str(element.tag), list(_texts(element)))

    def all(self, name: str) -> list[str]:
        """The texts of a property, that of the default language first; empty if it is missing."""
        return self._found.get(name, [])

    def first(self, name: str) -> str:
        """The first text of a property; empty if it is missing."""
        return next(iter(self.all(name)), "")

    def _add(self, name: str, texts: list[str]) -> None:
        filled = [text.strip() for text in texts[:MAX_TEXTS] if text.strip()]
        if filled:
            self._found.setdefault(name, filled)


def _parse(data: bytes) -> Element:
    if len(data) > MAX_BYTES:
        raise XmpError(f"The sidecar is larger than {MAX_BYTES // 1024**2} MB.")
    try:
        return fromstring(_without_padding(data), forbid_dtd=True)  # type: ignore[no-any-return]
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise XmpError(f"The sidecar is no valid XML: {error}") from error


def _without_padding(data: bytes) -> bytes:
    """The data without space before the XML, and zeros after it, which some programs write."""
    return data if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else data.strip(b"\0 \t\r\n")


def _descriptions(root: Element) -> Iterator[Element]:
    rdf = next(root.iter(RDF), None)
    if rdf is None:
        raise XmpError("The sidecar is XML, but no XMP: it has no rdf:RDF.")
    return rdf.iterfind(DESCRIPTION)


def _texts(element: Element) -> Iterator[str]:
    """The texts of a property: of its items, that of the default language first, else its own."""
    if RESOURCE in element.attrib:
        yield element.attrib[RESOURCE]
    items = [item for array in element for item in array.iterfind(ITEM)]
    if items:
        items.sort(key=lambda item: item.get(LANGUAGE, "").casefold() != DEFAULT_LANGUAGE)
        for item in items:
            yield from _own_text(item)
    else:
        yield from _own_text(element)


def _own_text(element: Element) -> Iterator[str]:
    """The text of an element; a value with qualifiers is in rdf:value, maybe inside a description."""
    value = element.find(VALUE) if len(element) else None
    nested = element.find(f"{DESCRIPTION}/{VALUE}") if value is None and len(element) else value
    yield (element if nested is None else nested).text or ""
