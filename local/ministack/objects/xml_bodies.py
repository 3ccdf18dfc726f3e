"""XML documents in request bodies."""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from local.ministack.objects.errors import malformed_xml


def parse(body: bytes, tag: str) -> Element:
    """The root, which must have this tag; raises S3Error. Declarations are refused, as entities have no place here."""
    if b"<!" in body:
        raise malformed_xml()
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 (without declarations there is nothing to expand)
    except ElementTree.ParseError as error:
        raise malformed_xml() from error
    if _name(root) != tag:
        raise malformed_xml()
    return root


def children(element: Element, tag: str) -> Iterator[Element]:
    """The children with this tag, in any namespace."""
    return (each for each in element if _name(each) == tag)


def child(element: Element, tag: str) -> str:
    """The text of the first child with this tag, or an empty string."""
    return next((each.text or "" for each in children(element, tag)), "")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
