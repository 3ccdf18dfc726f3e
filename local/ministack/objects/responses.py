"""Responses: a status, headers, and a body of bytes or of ranges of files; and S3's XML."""

import errno
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from local.ministack.objects.errors import S3Error

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
XML = {"Content-Type": "application/xml"}

type Node = tuple[str, str | int | Sequence["Node"]]  # a tag, and its text or children


@dataclass(slots=True)
class FileRange:
    """Bytes of one file, which stays readable while it is open, even if it is deleted."""

    path: Path
    offset: int
    length: int
    _descriptor: int = -1

    def open(self) -> None:
        """Open the file if it is not open."""
        if self._descriptor < 0:
            self._descriptor = os.open(self.path, os.O_RDONLY)

    def file_size(self) -> int:
        """The number of bytes of the whole file; raises FileNotFoundError."""
        return (self.path.stat() if self._descriptor < 0 else os.fstat(self._descriptor)).st_size

    def read(self, position: int, size: int) -> bytes:
        """At most so many bytes from a position in the range; raises OSError if the file ends before."""
        self.open()
        size = min(size, self.length - position)
        data = os.pread(self._descriptor, size, self.offset + position)
        if len(data) < size:
            raise OSError(errno.EIO, f"{self.path} is shorter than it was")
        return data

    def close(self) -> None:
        """Close the file if it is open."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@dataclass(frozen=True, slots=True)
class Response:
    """The body is `data`, or the ranges one after the other."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""
    ranges: Sequence[FileRange] = ()


def xml_response(
    tag: str, children: Iterable[Node], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An XML document in S3's namespace."""
    return Response(status, XML | dict(headers or {}), to_xml(tag, children, namespace=NAMESPACE))


def error_response(error: S3Error, resource: str, *, head: bool = False) -> Response:
    """The XML of an error; HEAD requests have no body."""
    children: list[Node] = [
        ("Code", error.code),
        ("Message", error.message),
        ("Resource", resource),
        ("RequestId", uuid.uuid4().hex),
    ]
    data = b"" if head or error.status == 304 else to_xml("Error", children)
    return Response(error.status, XML | dict(error.headers), data)


def to_xml(tag: str, children: Iterable[Node], *, namespace: str = "") -> bytes:
    """An XML document."""
    root = Element(tag, {"xmlns": namespace} if namespace else {})
    _append(root, children)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode(errors="replace")


def url_encoded(text: str, encoding: str) -> str:
    """A key as it is listed: percent-encoded if the client asks for `encoding-type=url`."""
    return quote(text, safe="/") if encoding == "url" else text


def _append(parent: Element, children: Iterable[Node]) -> None:
    for tag, content in children:
        element = SubElement(parent, tag)
        if isinstance(content, str | int):
            element.text = str(content)
        else:
            _append(element, content)
