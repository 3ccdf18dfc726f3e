"""XMP sidecars of photos (ISO 16684-1), which Lightroom, digiKam, darktable, Immich and exiftool read.

They are those of `tintype export`, byte for byte. Its package uses the public API only, and this one has no packages of
its own, so each writes its own (decision 68). Which properties carry what is in docs/catalogue.md.
"""

import re
from collections.abc import Callable, Iterable
from xml.etree import ElementTree as ET  # only writes

from chalicelib.library.descriptions import place_text
from chalicelib.library.photo import Photo
from chalicelib.library.positions import without_position
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import MILLIONTHS

NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# From the most specific to the country.
PLACES = ("Iptc4xmpCore:Location", "photoshop:City", "photoshop:State", "photoshop:Country")
HEADER = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
TRAILER = '\n<?xpacket end="w"?>\n'
# What XML 1.0 can't contain.
INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _namespace in NAMESPACES.items():
    ET.register_namespace(_prefix, _namespace)


def own_sidecars(viewer: str, *, places: bool) -> Callable[[Photo], bytes]:
    """Sidecars for one viewer: of their own photos only, as others do not see all that is in them.

    Without `places`, positions that are still stored are left out.
    """

    def sidecar_of(photo: Photo) -> bytes:
        if photo.owner != viewer:
            return b""
        return write_sidecar(photo if places else without_position(photo))

    return sidecar_of


def write_sidecar(photo: Photo) -> bytes:
    """The sidecar of a photo, with all that its owner sees and programs read; the same bytes for the same record."""
    description = ET.Element(_name("rdf:Description"), {_name("rdf:about"): ""})
    _add_keywords(description, photo.tags)
    _add_caption(description, _clean(photo.caption))
    _set(description, "xmp:Rating", str(photo.rating))
    _set(description, "xmp:Label", photo.label or "")
    _set(description, "xmpDM:pick", "1" if photo.favorite else "0")
    _set(description, "digiKam:PickLabel", "3" if photo.favorite else "0")
    if photo.capture_time:
        date = _date(photo.capture_time)
        _set(description, "exif:DateTimeOriginal", date)
        _set(description, "photoshop:DateCreated", date)
    if photo.coordinates:
        _set(description, "exif:GPSLatitude", _degrees(photo.coordinates.latitude, "NS"))
        _set(description, "exif:GPSLongitude", _degrees(photo.coordinates.longitude, "EW"))
    _set_place(description, place_text(photo.place))
    root = ET.Element(_name("x:xmpmeta"), {_name("x:xmptk"): "Tintype"})
    ET.SubElement(root, _name("rdf:RDF")).append(description)
    ET.indent(root)
    return f"{HEADER}{ET.tostring(root, encoding='unicode')}{TRAILER}".encode()


def _add_keywords(description: ET.Element, tags: Iterable[str]) -> None:
    """Keywords three times: flat, and as Lightroom and digiKam write theirs, unless one contains their separator."""
    words = [word for word in map(_clean, tags) if word]
    _add_list(description, "dc:subject", "Bag", words)
    _add_list(description, "lr:hierarchicalSubject", "Bag", [word for word in words if "|" not in word])
    _add_list(description, "digiKam:TagsList", "Seq", [word for word in words if "/" not in word])


def _add_list(description: ET.Element, name: str, kind: str, texts: list[str]) -> None:
    if texts:
        array = ET.SubElement(ET.SubElement(description, _name(name)), _name(f"rdf:{kind}"))
        for text in texts:
            ET.SubElement(array, _name("rdf:li")).text = text


def _add_caption(description: ET.Element, caption: str) -> None:
    if caption:
        array = ET.SubElement(ET.SubElement(description, _name("dc:description")), _name("rdf:Alt"))
        ET.SubElement(array, _name("rdf:li"), {LANGUAGE: "x-default"}).text = caption


def _set_place(description: ET.Element, place: str) -> None:
    """The names of a place from the country upward; one alone, or a fifth, is the location within a city."""
    names = [name.strip() for name in place.split(",") if name.strip()]
    # Of two names, the first is a city; of three, the second is a region.
    properties = {1: PLACES[:1], 2: (PLACES[1], PLACES[3]), 3: PLACES[1:]}.get(len(names), PLACES)
    extra = max(0, len(names) - len(properties))
    if extra:
        names = [", ".join(names[: extra + 1]), *names[extra + 1 :]]
    for name, value in zip(properties, names, strict=False):
        _set(description, name, value)


def _set(description: ET.Element, name: str, value: str) -> None:
    if text := _clean(value):
        description.set(_name(name), text)


def _name(name: str) -> str:
    """`prefix:name` as ElementTree spells it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _clean(text: str) -> str:
    return INVALID.sub("", text).strip()


def _date(time: CaptureTime) -> str:
    """The camera's clock to the millisecond, without zeros at its end, and the offset if it is known."""
    whole, _, fraction = time.local.isoformat(timespec="milliseconds").partition(".")
    fraction = fraction.rstrip("0")
    return whole + (f".{fraction}" if fraction else "") + (time.offset_text or "")


def _degrees(millionths: int, hemispheres: str) -> str:
    """`38,42.765400N`: minutes to 6 places, 2 mm."""
    whole, minutes = divmod(round(abs(millionths / MILLIONTHS) * 60, 6), 60)
    return f"{int(whole)},{minutes:09.6f}{hemispheres[millionths < 0]}"
