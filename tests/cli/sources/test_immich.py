"""Immich libraries: originals with sidecars, and folders that Immich makes."""

from pathlib import Path

import pytest

from tintype_cli.photos import ImportPhoto, PhotoDetails, Problem
from tintype_cli.sources.immich import ImmichSource, detect

# As Immich writes it with exiftool.
SIDECAR = """\
<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk='Image::ExifTool 13.00'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
 <rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'>
  <dc:description><rdf:Alt><rdf:li xml:lang='x-default'>The gate</rdf:li></rdf:Alt></dc:description>
 </rdf:Description>
 <rdf:Description rdf:about='' xmlns:digiKam='http://www.digikam.org/ns/1.0/'>
  <digiKam:TagsList><rdf:Seq><rdf:li>Places/Berlin</rdf:li><rdf:li>night</rdf:li></rdf:Seq></digiKam:TagsList>
 </rdf:Description>
 <rdf:Description rdf:about='' xmlns:exif='http://ns.adobe.com/exif/1.0/'>
  <exif:DateTimeOriginal>2019-07-13T18:20:05.000+02:00</exif:DateTimeOriginal>
  <exif:GPSLatitude>52,30.9768N</exif:GPSLatitude>
  <exif:GPSLongitude>13,22.6596E</exif:GPSLongitude>
 </rdf:Description>
 <rdf:Description rdf:about='' xmlns:tiff='http://ns.adobe.com/tiff/1.0/'>
  <tiff:ImageDescription><rdf:Alt><rdf:li xml:lang='x-default'>The gate</rdf:li></rdf:Alt></tiff:ImageDescription>
 </rdf:Description>
 <rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/'><xmp:Rating>4</xmp:Rating></rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end='w'?>
"""
FILES = {
    "library/.immich": "1",
    "library/admin/2019/2019-07-13/IMG_1.jpg": "1",
    "library/admin/2019/2019-07-13/IMG_1.jpg.xmp": SIDECAR,
    "library/admin/2019/2019-07-13/IMG_2.jpg": "2",
    "library/admin/2019/2019-07-13/IMG_2.MOV": "live",
    "upload/9d/IMG_3.heic": "3",
    "thumbs/9d/IMG_1-preview.jpeg": "made",
    "encoded-video/9d/IMG_2.mp4": "made",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_originals_have_what_their_sidecars_say(root: Path) -> None:
    photos = [item for item in ImmichSource(root).photos() if isinstance(item, ImportPhoto)]
    assert {photo.filename: photo.details for photo in photos} == {
        "IMG_1.jpg": PhotoDetails(
            tags=("Berlin", "night"),
            caption="The gate",
            rating=4,
            taken_local="2019-07-13T18:20:05",
            offset="+02:00",
            latitude=52.51628,
            longitude=13.37766,
        ),
        "IMG_2.jpg": PhotoDetails(),
        "IMG_3.heic": PhotoDetails(),
    }
    assert list(ImmichSource(root).albums()) == []


def test_other_files_and_what_immich_makes_are_reported(root: Path) -> None:
    problems = [item.path for item in ImmichSource(root).photos() if isinstance(item, Problem)]
    assert sorted(problems) == [
        "encoded-video",
        "library/.immich",
        "library/admin/2019/2019-07-13/IMG_2.MOV",
        "thumbs",
    ]


def test_library_is_recognized(root: Path) -> None:
    assert detect(root)
    (root / "library/.immich").unlink()
    assert detect(root)
    assert not detect(root / "library")


def test_folder_of_one_user_may_be_called_like_a_made_one(root: Path) -> None:
    (root / "library/admin/thumbs").mkdir()
    (root / "library/admin/thumbs/IMG_4.jpg").write_text("4")
    photos = [item.filename for item in ImmichSource(root / "library/admin").photos() if isinstance(item, ImportPhoto)]
    assert sorted(photos) == ["IMG_1.jpg", "IMG_2.jpg", "IMG_4.jpg"]
