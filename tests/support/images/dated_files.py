"""Files with dates as cameras and programs write them, and the time at which each was taken."""

import struct
import zlib
from dataclasses import dataclass

from tests.support.images import blocks, samples, tiff
from tests.support.images.blocks import (
    DIGITIZED,
    GPS_TIME,
    MAKE,
    MODIFIED,
    OFFSET,
    OFFSET_DIGITIZED,
    OFFSET_ORIGINAL,
    ORIGINAL,
    SUB_SECOND_DIGITIZED,
    SUB_SECOND_ORIGINAL,
    TIME_ZONE,
    Directory,
    exif,
    gps,
    iptc,
    jpeg,
    png,
    raw_profile,
    resources,
    xmp,
)

_APP1, _APP13 = 0xE1, 0xED
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_IRB = b"Photoshop 3.0\0"
_NINE = "2014:09:01 09:00:00"
_ZEROS = "0000:00:00 00:00:00"


@dataclass(frozen=True, slots=True)
class DatedFile:
    """A file, the time it was taken (ISO 8601, None if unknown), and the tag in which exiftool finds it.

    `tag` is empty if the time is combined from several.
    """

    name: str
    data: bytes
    taken: str | None
    tag: str = "ExifIFD:DateTimeOriginal"


def all_files() -> list[DatedFile]:
    """Every dated file."""
    return [
        *_spellings(),
        *_exif_fields(),
        *_gps(),
        *_exif_structure(),
        *_other_blocks(),
        *_other_formats(),
        *_absent(),
    ]


def _exif_jpeg(details: Directory, **parts: object) -> bytes:
    return jpeg((_APP1, exif(details=details, **parts)))  # type: ignore[arg-type]


def _spellings() -> list[DatedFile]:
    texts: list[tuple[str, str | bytes, str]] = [
        ("plain", "2014:09:01 10:00:00", "2014-09-01T10:00:00"),
        ("own offset", "2025:01:14 18:31:30+0000", "2025-01-14T18:31:30+00:00"),
        ("own offset with a colon", "2025:01:14 18:31:30-08:00", "2025-01-14T18:31:30-08:00"),
        ("hyphens", "2014-09-01 10:00:00", "2014-09-01T10:00:00"),
        ("slashes", "2014/09/01 10:00", "2014-09-01T10:00:00"),
        ("ISO", "2014-09-01T10:00:00Z", "2014-09-01T10:00:00+00:00"),
        ("ISO without seconds", "2014-09-01T10:00+02:00", "2014-09-01T10:00:00+02:00"),
        ("fraction", "2014:09:01 10:00:00.25", "2014-09-01T10:00:00.250000"),
        ("padded with spaces", "2004: 5: 6  7:08:09", "2004-05-06T07:08:09"),
        ("NUL and garbage", b"2014:09:01 10:00:00\0\xff\xfe1234", "2014-09-01T10:00:00"),
        ("spaces at the end", "2014:09:01 10:00:00    ", "2014-09-01T10:00:00"),
        ("without a NUL", b"2014:09:01 10:00:00", "2014-09-01T10:00:00"),
        ("colon before the time", "2014:09:01:10:00:00", "2014-09-01T10:00:00"),
        ("day alone", "2014:09:01", "2014-09-01T00:00:00"),
        ("first year", "1826:06:01 10:00:00", "1826-06-01T10:00:00"),
        ("second 60", "2014:09:01 10:00:60", "2014-09-01T10:01:00"),
    ]
    utf_16 = "2014:09:01 10:00:00".encode("utf-16-le")
    return [
        *(DatedFile(f"spelling: {name}", _exif_jpeg({ORIGINAL: text}), taken) for name, text, taken in texts),
        DatedFile("spelling: UTF-16", _exif_jpeg({ORIGINAL: utf_16}), "2014-09-01T10:00:00", ""),
    ]


def _exif_fields() -> list[DatedFile]:
    digits = [("45", "450000"), ("05", "050000"), ("85", "850000"), ("25", "250000"), ("65", "650000"),
              ("5  ", "500000"), ("1234567", "123456")]  # fmt: skip
    rows: list[tuple[str, Directory, str, str]] = [
        ("digitized alone", {DIGITIZED: _NINE}, "2014-09-01T09:00:00", "ExifIFD:CreateDate"),
        ("digitized after zeros", {ORIGINAL: _ZEROS, DIGITIZED: "2003:09:10 20:59:18"}, "2003-09-10T20:59:18",
         "ExifIFD:CreateDate"),
        ("digitized after blanks", {ORIGINAL: "    :  :     :  :  ", DIGITIZED: _NINE}, "2014-09-01T09:00:00",
         "ExifIFD:CreateDate"),
        ("original before digitized", {ORIGINAL: _NINE, DIGITIZED: "2020:01:01 00:00:00"}, "2014-09-01T09:00:00",
         "ExifIFD:DateTimeOriginal"),
        ("offset of the original", {ORIGINAL: _NINE, OFFSET_ORIGINAL: "-08:00"}, "2014-09-01T09:00:00-08:00", ""),
        ("offset without a colon", {ORIGINAL: _NINE, OFFSET_ORIGINAL: "+0900"}, "2014-09-01T09:00:00+09:00", ""),
        ("offset alone", {ORIGINAL: _NINE, OFFSET: "+05:45"}, "2014-09-01T09:00:00+05:45", ""),
        ("offset of the same digitized time", {ORIGINAL: _NINE, DIGITIZED: _NINE, OFFSET_DIGITIZED: "+01:00"},
         "2014-09-01T09:00:00+01:00", ""),
        ("offset +26:00", {ORIGINAL: _NINE, OFFSET_ORIGINAL: "+26:00"}, "2014-09-01T09:00:00", ""),
        ("time zone of TIFF/EP", {ORIGINAL: _NINE, TIME_ZONE: ("h", (-5,))}, "2014-09-01T09:00:00-05:00", ""),
        ("fraction of the same digitized time", {ORIGINAL: _NINE, DIGITIZED: _NINE, SUB_SECOND_DIGITIZED: "3"},
         "2014-09-01T09:00:00.300000", ""),
    ]  # fmt: skip
    return [
        *(
            DatedFile(f"fraction {text}", _exif_jpeg({ORIGINAL: _NINE, SUB_SECOND_ORIGINAL: text}),
                      f"2014-09-01T09:00:00.{micros}", "")
            for text, micros in digits
        ),
        *(DatedFile(name, _exif_jpeg(details), taken, tag) for name, details, taken, tag in rows),
        DatedFile("evening in California", _exif_jpeg({ORIGINAL: "2014:09:01 23:30:00", OFFSET_ORIGINAL: "-08:00"}),
                  "2014-09-01T23:30:00-08:00", ""),
        DatedFile("modified alone", jpeg((_APP1, exif({MODIFIED: _NINE}))), "2014-09-01T09:00:00", "IFD0:ModifyDate"),
        DatedFile("offset of a later edit", jpeg((_APP1, exif({MODIFIED: "2020:01:01 00:00:00"}, {
            ORIGINAL: _NINE, OFFSET: "+01:00"}))), "2014-09-01T09:00:00"),
    ]  # fmt: skip


def _gps() -> list[DatedFile]:
    nine = {ORIGINAL: _NINE}
    rows: list[tuple[str, Directory, Directory, str | None]] = [
        ("offset", nine, gps("2014:09:01", 7, 0, 12), "2014-09-01T09:00:00+02:00"),
        ("offset across midnight", {ORIGINAL: "2014:09:01 23:30:00"}, gps("2014:09:02", 7, 30),
         "2014-09-01T23:30:00-08:00"),
        ("offset of Nepal", nine, gps("2014:09:01", 3, 15), "2014-09-01T09:00:00+05:45"),
        ("no such zone", nine, gps("2014:09:01", 7, 20), "2014-09-01T09:00:00"),
        ("another day", nine, gps("2014:09:03", 7, 0), "2014-09-01T09:00:00"),
        ("before GPS", nine, gps("1979:12:31", 7, 0), "2014-09-01T09:00:00"),
        ("alone", {}, gps("2014:09:01", 7, 0, 12), "2014-09-01T07:00:12+00:00"),
        ("alone, before GPS", {}, gps("1970:01:01", 7, 0), None),
        ("without a day", nine, {GPS_TIME: ("Q", (7, 1, 0, 1, 0, 1))}, "2014-09-01T09:00:00"),
        ("a fraction by zero", nine, {**gps("2014:09:01", 7, 0), GPS_TIME: ("Q", (7, 0, 0, 0, 0, 0))},
         "2014-09-01T09:00:00"),
    ]  # fmt: skip
    return [
        DatedFile(f"GPS: {name}", _exif_jpeg(details, gps=place), taken, "") for name, details, place, taken in rows
    ]


def _exif_structure() -> list[DatedFile]:
    nine, taken = {ORIGINAL: _NINE}, "2014-09-01T09:00:00"
    own = exif(details=nine)
    return [
        DatedFile("structure: big-endian", jpeg((_APP1, exif(details=nine, order=">"))), taken),
        DatedFile("structure: after other segments", jpeg((0xE2, b"x" * 900), (0xFE, b"comment"), (_APP1, own)), taken),
        DatedFile("structure: several", jpeg((_APP1, exif({}, {ORIGINAL: _ZEROS})), (_APP1, own)), taken, ""),
        DatedFile("structure: the main IFD", jpeg((_APP1, exif(nine))), taken, "IFD0:DateTimeOriginal"),
        DatedFile("structure: thumbnail", jpeg((_APP1, exif({MAKE: "Canon"}, thumbnail=nine))), taken,
                  "IFD1:DateTimeOriginal"),
        DatedFile("structure: misplaced by 6", jpeg((_APP1, exif(details=nine, shifted=6))), taken, ""),
    ]  # fmt: skip


def _other_blocks() -> list[DatedFile]:
    def of_xmp(**options: str) -> bytes:
        return jpeg((_APP1, _XMP + xmp(**options)))

    date = "2014-09-01T09:00:00+02:00"
    element = f"<exif:DateTimeOriginal>{date}</exif:DateTimeOriginal>"
    packet = xmp(f'xmp:CreateDate="{date}"')
    nine = exif(details={ORIGINAL: _NINE})
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">L", len(packet))
    extended = [(_APP1, head + struct.pack(">L", at) + packet[at : at + 300]) for at in range(0, len(packet), 300)]
    created = iptc(_55="20140901", _60="090000+0200")
    utf_16 = packet.decode().replace("\ufeff", "").encode("utf-16")
    return [
        DatedFile("XMP: original", of_xmp(elements=element), date, "XMP-exif:DateTimeOriginal"),
        DatedFile("XMP: Photoshop", of_xmp(attributes=f'photoshop:DateCreated="{date}"'), date,
                  "XMP-photoshop:DateCreated"),
        DatedFile("XMP: created", of_xmp(attributes=f'xmp:CreateDate="{date}"'), date, "XMP-xmp:CreateDate"),
        DatedFile("XMP: a month", of_xmp(attributes='photoshop:DateCreated="2014-09"'), "2014-09-01T00:00:00", ""),
        DatedFile("XMP: only the offset", jpeg((_APP1, nine), (_APP1, _XMP + xmp(elements=element))), date, ""),
        DatedFile("XMP: an older edit", jpeg((_APP1, nine), (_APP1, _XMP + xmp('xmp:CreateDate="2001-01-01T00:00Z"'))),
                  "2014-09-01T09:00:00"),
        DatedFile("XMP: in several segments", jpeg(*reversed(extended)), date, ""),
        DatedFile("XMP: UTF-16", jpeg((_APP1, _XMP + utf_16)), date, ""),
        DatedFile("IPTC", jpeg((_APP13, _IRB + resources(0x0404, created))), date, ""),
        DatedFile("IPTC: a named resource", jpeg((_APP13, _IRB + resources(0x0404, created, b"name"))), date, ""),
        DatedFile("IPTC: a day", jpeg((_APP13, _IRB + resources(0x0404, iptc(_55="20140901")))), "2014-09-01T00:00:00",
                  "IPTC:DateCreated"),
        DatedFile("IPTC: digitized", jpeg((_APP13, _IRB + resources(0x0404, iptc(_62="20140901", _63="090000")))),
                  "2014-09-01T09:00:00", ""),
        DatedFile("Photoshop: EXIF", jpeg((_APP13, _IRB + resources(0x0422, nine[6:]))), "2014-09-01T09:00:00", ""),
    ]  # fmt: skip


def _other_formats() -> list[DatedFile]:
    taken, date = "2014-09-01T09:00:00", "2014-09-01T09:00:00+02:00"
    block, created = exif(details={ORIGINAL: _NINE}), iptc(_55="20140901", _60="090000+0200")
    packet = xmp(f'xmp:CreateDate="{date}"')
    image = samples.quarters((16, 16))
    text = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet)
    pages: tiff.Tags = {700: (tiff.BYTE, list(packet)), 33723: (tiff.UNDEFINED, list(created))}
    return [
        DatedFile("PNG: EXIF", png((b"eXIf", block[6:])), taken),
        DatedFile("PNG: EXIF behind the pixels", png((b"eXIf", block), after_pixels=True), taken),
        DatedFile("PNG: EXIF as text", png(raw_profile(b"exif", block)), taken),
        DatedFile("PNG: APP1 as text", png(raw_profile(b"APP1", block)), taken),
        DatedFile("PNG: XMP in APP1 as text", png(raw_profile(b"APP1", _XMP + packet)), date, "XMP-xmp:CreateDate"),
        DatedFile("PNG: IPTC as text", png(raw_profile(b"iptc", resources(0x0404, created))), date, ""),
        DatedFile("PNG: XMP", png((b"iTXt", text), after_pixels=True), date, "XMP-xmp:CreateDate"),
        DatedFile("PNG: creation time", png((b"tEXt", b"Creation Time\0Mon, 1 Sep 2014 09:00:00 +0200")), date, ""),
        DatedFile("PNG: date of the file", png((b"tEXt", b"date:create\x002014-09-01T09:00:00+02:00")), None, ""),
        DatedFile("WebP: EXIF", samples.encoded(image, "WEBP", exif=block), taken),
        DatedFile("WebP: XMP", samples.encoded(image, "WEBP", xmp=packet), date, "XMP-xmp:CreateDate"),
        DatedFile("GIF: XMP", blocks.gif(packet), date, "XMP-xmp:CreateDate"),
        DatedFile("TIFF: XMP", tiff.tiff(image, tags={700: pages[700]}), date, "XMP-xmp:CreateDate"),
        DatedFile("TIFF: IPTC", tiff.tiff(image, tags={33723: pages[33723]}), date, ""),
        DatedFile("TIFF: EXIF", samples.encoded(image, "TIFF", exif=samples.exif(taken=_NINE)), taken),
        DatedFile("BigTIFF: XMP", tiff.tiff(image, large=True, tags={700: pages[700]}), date, "XMP-xmp:CreateDate"),
        DatedFile("HEIC: EXIF", samples.encoded(image, "HEIC", exif=block), taken),
        DatedFile("HEIC: XMP", samples.encoded(image, "HEIC", xmp=packet), date, "XMP-xmp:CreateDate"),
        DatedFile("AVIF: EXIF", samples.encoded(image, "AVIF", exif=block), taken),
        DatedFile("AVIF: XMP", samples.encoded(image, "AVIF", xmp=packet), date, "XMP-xmp:CreateDate"),
    ]  # fmt: skip


def _absent() -> list[DatedFile]:
    texts = [_ZEROS, "    :  :     :  :  ", "", "yesterday", "2024:13:40 25:61:61", "2024:02:30 10:00:00",
             "0001:01:01 00:00:00", "9999:12:31 23:59:59", "1825:12:31 23:59:59", "2014:09:01 25:00:00",
             "\u0662\u0660\u0661\u0664:09:01 10:00:00"]  # fmt: skip
    return [DatedFile(f"absent: {text!r}", _exif_jpeg({ORIGINAL: text}), None, "") for text in texts]
