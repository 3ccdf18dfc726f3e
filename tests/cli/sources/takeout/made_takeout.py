"""Makes a Takeout with the oddities of real ones: photos, what each must become, and files that are no photos."""

import io
import json
import zipfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from PIL import Image

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROOT = "Takeout/Google Photos"
PARTS = 3
LONG = "Screenshot_2022-10-28-09-31-43-118_com.snapchat"  # 47 characters


@dataclass(frozen=True, slots=True)
class Expected:
    """What a photo of the Takeout must become."""

    filename: str
    caption: str | None = None
    taken_local: str | None = None
    favorite: bool | None = None
    position: tuple[float, float] | None = None
    tags: tuple[str, ...] = ()
    albums: frozenset[str] = frozenset()  # titles
    trashed: bool = False


@dataclass(slots=True)
class MadeTakeout:
    """The files of each zip by path, the photos by the SHA-256 of their bytes, and the other files by path."""

    zips: list[dict[str, bytes]] = field(default_factory=lambda: [{} for _ in range(PARTS)])
    photos: dict[str, Expected] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    count: int = 0

    def write_zips(self, folder: Path) -> None:
        """The Takeout as its zips."""
        for number, files in enumerate(self.zips, 1):
            with zipfile.ZipFile(
                folder / f"takeout-20260711T101500Z-{number:03}.zip", "w", zipfile.ZIP_DEFLATED
            ) as file:
                for path, data in files.items():
                    file.writestr(path, data)

    def write_folder(self, folder: Path) -> None:
        """The Takeout as people unpack it: each zip into a folder of its own."""
        for number, files in enumerate(self.zips, 1):
            for path, data in files.items():
                target = folder / f"takeout-{number:03}" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)

    def put(self, path: str, data: bytes) -> None:
        """A file of Google Photos, in one zip after the other."""
        self._put(f"{ROOT}/{path}", data)

    def skip(self, path: str, data: bytes = b"?", *, root: str = ROOT) -> None:
        """A file that must be reported."""
        self._put(f"{root}/{path}", data)
        self.skipped.add(f"{root}/{path}")

    def _put(self, path: str, data: bytes) -> None:
        self.count += 1
        self.zips[self.count % PARTS][path] = data

    def photo(
        self,
        path: str,
        json_path: str | None = "",
        *,
        title: str | None = None,
        taken: datetime = datetime(2019, 7, 13, 16, 20, 5, tzinfo=UTC),
        clock: timedelta | None = timedelta(hours=2),
        description: str = "",
        expected: Expected | None = None,
        also_in: tuple[str, ...] = (),
        **fields: object,
    ) -> bytes:
        """A photo and its JSON, by default with the usual name.

        `clock` is how far the date in the file is from UTC, None without a date; `also_in` are more places of the file.
        """
        name = path.rpartition("/")[2]
        data = jpeg(len(self.photos), None if clock is None else taken + clock)
        for place in (path, *also_in):
            self.put(place, data)
        if json_path is not None:
            document = photo_json(title or name, taken, description, **fields)
            self.put(json_path or f"{path}.supplemental-metadata.json", document)
        taken_local = None if clock is not None and json_path is not None else local(taken)
        self.photos[sha256(data).hexdigest()] = expected or Expected(
            name, description or None, taken_local if json_path is not None else None
        )
        return data


def make_takeout() -> MadeTakeout:
    """At least 200 photos."""
    takeout = MadeTakeout()
    for make in (_years, _names, _edited, _albums, _dates, _details, _trash, _other_files):
        make(takeout)
    return takeout


def jpeg(number: int, clock: datetime | None) -> bytes:
    """A small JPEG that no other number has, with a date on the camera's clock."""
    exif = Image.Exif()
    if clock:
        exif.get_ifd(0x8769)[0x9003] = clock.strftime("%Y:%m:%d %H:%M:%S").rjust(19, "0")
    image = Image.new("RGB", (16, 16), (number % 256, number // 256 * 16, 128))
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif, comment=f"{number}".encode())
    return file.getvalue()


def photo_json(title: str, taken: datetime, description: str = "", **fields: object) -> bytes:
    """The JSON of a photo, as Takeout writes it."""
    nowhere = {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0, "latitudeSpan": 0.0, "longitudeSpan": 0.0}
    document = {
        "title": title,
        "description": description,
        "imageViews": "3",
        "creationTime": {"timestamp": "1695397525", "formatted": "Sep 22, 2023, 3:45:25 PM UTC"},
        "photoTakenTime": {"timestamp": str(int((taken - EPOCH).total_seconds())), "formatted": "any language"},
        "geoData": nowhere,
        "geoDataExif": nowhere,
        "url": "https://photos.google.com/photo/AF1QipNp7f29ZWPIDWAPMXJcNB2z7EMAGXWeTT066p9H",
        "googlePhotosOrigin": {"mobileUpload": {"deviceType": "ANDROID_PHONE"}},
        **fields,
    }
    return json.dumps(document).encode()


def album_json(title: str, **fields: object) -> bytes:
    """The JSON of an album, as Takeout writes it since 2020."""
    date = {"timestamp": "1502439626", "formatted": "Aug 11, 2017, 8:20:26 AM UTC"}
    return json.dumps({"title": title, "description": "", "access": "protected", "date": date, **fields}).encode()


def local(moment: datetime) -> str:
    """A moment in UTC as an import sets it."""
    return moment.replace(tzinfo=None).isoformat()


def _years(takeout: MadeTakeout) -> None:
    """Ordinary photos, with the names of both ages, most in another zip than their JSON."""
    for year in range(2012, 2024):
        for number in range(12):
            name = f"IMG_{year}{number:02}01_1200{number:02}.jpg"
            path = f"Photos from {year}/{name}"
            supplement = "" if number % 2 else ".supplemental-metadata"
            taken = datetime(year, number + 1, 1, 12, 0, number, tzinfo=UTC)
            takeout.photo(path, f"{path}{supplement}.json", taken=taken, clock=timedelta(hours=number - 6))


def _names(takeout: MadeTakeout) -> None:
    """Names that are cut and numbers that move."""
    year = "Photos from 2019"
    named = [
        # Cut in the name, in the extension, and in each place of the supplement.
        (f"{LONG}.jpg", f"{LONG[:46]}.json", ""),
        ("Urlaub in Knaufspesch in der Schneifel (38).JPG", "Urlaub in Knaufspesch in der Schneifel (38).JP.json", ""),
        ("05yqt21kruxwwlhhgrwrdyb6chhwszi9bqmzu16w0 2.jpg", "05yqt21kruxwwlhhgrwrdyb6chhwszi9bqmzu16w0 2.jp.json", ""),
        ("20161105_170829.jpg", "20161105_170829.jpg.supplemental-metadata.json", ""),
        ("MVIMG_20191230_232926.jpg", "MVIMG_20191230_232926.jpg.supplemental-metadat.json", ""),
        ("Screenshot_20231027_123303_Facebook.jpg", "Screenshot_20231027_123303_Facebook.jpg.supple.json", ""),
        ("Screenshot_20231027_123303_FacebookLte.jpg", "Screenshot_20231027_123303_FacebookLte.jpg.sup.json", ""),
        ("Screenshot_20231027_123303_FacebookLite1.jpg", "Screenshot_20231027_123303_FacebookLite1.jpg.s.json", ""),
        ("Screenshot_20231027_123303_FacebookLite12.jpg", "Screenshot_20231027_123303_FacebookLite12.jpg..json", ""),
        ("Screenshot_20231027_123303_FacebookLite123.jpg", "Screenshot_20231027_123303_FacebookLite123.jpg.json", ""),
        (
            "😀😃😄😁😆😅😂🤣🥲☺️😊😇🙂🙃😉😌😍🥰😘😗😙😚😋😛.jpg",
            "😀😃😄😁😆😅😂🤣🥲☺️😊😇🙂🙃😉😌😍🥰😘😗😙😚😋.json",
            "",
        ),
        # Several of one name: the number is at the end of the JSON's name, or before its supplement.
        ("DSC_0101.JPG", "DSC_0101.JPG.json", ""),
        ("DSC_0101(1).JPG", "DSC_0101.JPG(1).json", "DSC_0101.JPG"),
        ("DSC_0101(2).JPG", "DSC_0101.JPG.supplemental-metadata(2).json", "DSC_0101.JPG"),
        ("DSC_0101(3).JPG", "DSC_0101.JPG(3).supplemental-metadata.json", "DSC_0101.JPG"),
        ("Scan(1).jpg", "Scan(1).jpg.json", ""),  # the name that it was uploaded with
        (
            "img_(87).(vacation stuff).lol(87).jpg",
            "img_(87).(vacation stuff).lol.jpg(87).json",
            "img_(87).(vacation stuff).lol.jpg",
        ),
        (
            "Backyard_ceremony_wedding_photography_xxxxxxx_m(494).jpg",
            "Backyard_ceremony_wedding_photography_xxxxxxx_(494).json",
            "Backyard_ceremony_wedding_photography_xxxxxxx_many.jpg",
        ),
        (
            "13039_327707840323_537645323_9470255_27214_n(1).jpg",
            "13039_327707840323_537645323_9470255_27214_n.j(1).json",
            "13039_327707840323_537645323_9470255_27214_n.jpg",
        ),
        ("PXL_20210102_221126856.MP~2.jpg", "PXL_20210102_221126856.MP~2.jpg.json", ""),
        # Decomposed accents, as macOS has them, and another case of the extension.
        ("Cafe\u0301.jpg", "Caf\u00e9.jpg.json", "Caf\u00e9.jpg"),
        ("SCAN0004.JPG", "SCAN0004.jpg.json", "SCAN0004.jpg"),
    ]
    for number, (name, json_name, title) in enumerate(named):
        expected = Expected(title or name, f"Name {number}")
        takeout.photo(
            f"{year}/{name}",
            f"{year}/{json_name}",
            title=title or name,
            description=f"Name {number}",
            expected=expected,
        )
    # Uploaded without an extension, which the file has got and the JSON has not.
    expected = Expected("20030616.jpg", "No extension")
    takeout.photo(
        f"{year}/20030616.jpg", f"{year}/20030616.json", title="20030616", description="No extension", expected=expected
    )
    # Numbered, without a JSON of its own: that of the first one is of another photo.
    takeout.photo(f"{year}/DSC_0104.JPG", description="The first")
    takeout.photo(f"{year}/DSC_0104(1).JPG", None)


def _edited(takeout: MadeTakeout) -> None:
    """Edited copies in many languages have the JSON of the original."""
    words = (
        *("edited", "effects", "bearbeitet", "modifié", "editado", "ha editado", "editada", "modificato", "bewerkt"),
        *(
            "edytowane",
            "redigerad",
            "redigeret",
            "muokattu",
            "upravené",
            "отредактировано",
            "змінено",
            "編集済み",
            "已编辑",
        ),
        *("已編輯", "편집됨", "แก้ไข", "düzenlendi", "szerkesztett", "editat", "επεξεργασμένο", "COLLAGE"),
    )
    year = "Photos from 2020"
    for number, word in enumerate(words):
        caption = f"Edited {word}"
        takeout.photo(f"{year}/IMG-{number}A.jpg", description=caption)
        takeout.photo(f"{year}/IMG-{number}A-{word}.jpg", None, expected=Expected(f"IMG-{number}A-{word}.jpg", caption))
    others = (
        ("IMG_7.jpg", "IMG_7.jpg(1).json", "IMG_7-edited(1).jpg"),
        (
            "PXL_20220405_090123740.PORTRAIT.jpg",
            "PXL_20220405_090123740.PORTRAIT.jpg.suppl.json",
            "PXL_20220405_090123740.PORTRAIT-modifié.jpg",
        ),
        ("2234089303984509579.jpg", "2234089303984509579.supplemental-metadata.json", "2234089303984509579-edited.jpg"),
        # A word that is cut, and a name so long that only a number is left.
        (
            "Screenshot_20230814_101112_Instagram_Kid_1.jpg",
            "Screenshot_20230814_101112_Instagram_Kid_1.jpg.json",
            "Screenshot_20230814_101112_Instagram_Kid_1-edit.jpg",
        ),
        (
            "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_P.jpg",
            "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_.json",
            "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_P(1).jpg",
        ),
    )
    for name, json_name, edited in others:
        original = name if "(1)" not in json_name else "IMG_7(1).jpg"
        takeout.photo(
            f"{year}/{original}", f"{year}/{json_name}", title=name, description=name, expected=Expected(name, name)
        )
        takeout.photo(f"{year}/{edited}", None, expected=Expected(edited, name))


def _albums(takeout: MadeTakeout) -> None:
    """Albums whose photos are in the year's folder, too, sometimes with another number."""
    takeout.put(
        "Rome/metadata.json", album_json("Rome", enrichments=[{"narrativeEnrichment": {"text": "Day &amp; night"}}])
    )
    takeout.put("Rome(1)/metadata.json", album_json("Rome"))  # a second album of the same name
    takeout.put("Ausflug/Metadaten.json", album_json("Ausflug ins Grüne: Mai/Juni", description="x" * 2500))
    takeout.put("Été/métadonnées(1).json", json.dumps({"albumData": {"title": "Été"}}).encode())  # until 2020
    takeout.put("Untitled(4)/metadata.json", album_json(""))
    takeout.put("Photos from 2018/metadata.json", album_json("Photos from 2018"))
    folders = {
        "Rome": "Rome",
        "Rome(1)": "Rome",
        "Ausflug": "Ausflug ins Grüne: Mai/Juni",
        "Été": "Été",
        "Untitled(4)": "Untitled(4)",
    }
    for number, (folder, title) in enumerate(folders.items()):
        for photo in range(3):
            name = f"A{number}{photo}.jpg"
            expected = Expected(name, f"In {folder}", albums=frozenset({title}))
            year = f"Photos from 2018/{name}"
            takeout.photo(year, description=f"In {folder}", expected=expected, also_in=(f"{folder}/{name}",))
            document = photo_json(name, datetime(2019, 7, 13, 16, 20, 5, tzinfo=UTC), f"In {folder}")
            takeout.put(f"{folder}/{name}.supplemental-metadata.json", document)
    both = Expected("B1.jpg", "In two", albums=frozenset({"Rome", "Été"}))
    takeout.photo(
        "Photos from 2018/B1.jpg", description="In two", expected=both, also_in=("Rome/B1(1).jpg", "Été/B1.jpg")
    )
    # The folder of an album without its JSON is in a part that is missing.
    lost = Expected("B2.jpg", "Lost JSON", albums=frozenset({"Berlin 2017"}))
    takeout.photo("Photos from 2017/B2.jpg", description="Lost JSON", expected=lost, also_in=("Berlin 2017/B2.jpg",))
    # An album with the JSON of a photo only, and one with a photo whose JSON is in the year's folder only.
    taken = datetime(2018, 1, 2, 3, 4, 5, tzinfo=UTC)
    by_json = Expected("B3.jpg", "By JSON", albums=frozenset({"Rome"}))
    takeout.photo("Photos from 2018/B3.jpg", taken=taken, description="By JSON", expected=by_json)
    takeout.put("Rome/B3.jpg.json", photo_json("B3.jpg", taken, "By JSON"))
    in_album = Expected("B4.jpg", "Elsewhere", albums=frozenset({"Rome"}))
    takeout.photo("Rome/B4.jpg", "Photos from 2018/B4.jpg.json", description="Elsewhere", expected=in_album)


def _dates(takeout: MadeTakeout) -> None:
    """Dates before 1970, corrected ones, and none."""
    year = "Photos from 1955"
    for number, taken in enumerate((datetime(1955, 3, 4, 5, 6, 7, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC))):
        takeout.photo(f"{year}/Scan{number}.jpg", taken=taken, clock=None)
    # Scanned in 2015, dated in Google Photos.
    dated = datetime(1962, 8, 1, 12, 0, 0, tzinfo=UTC)
    expected = Expected("Scan8.jpg", taken_local=local(dated))
    takeout.photo(f"{year}/Scan8.jpg", taken=dated, clock=timedelta(days=19400), expected=expected)
    # The camera's clock was wrong by a time that no zone explains.
    expected = Expected("Clock.jpg", taken_local="2019-07-13T16:20:05")
    takeout.photo("Photos from 2019/Clock.jpg", clock=timedelta(minutes=7), expected=expected)
    unknown = {"timestamp": "0", "formatted": "Jan 1, 1970, 12:00:00 AM UTC"}
    takeout.photo("Photos from 2019/Zero.jpg", clock=None, expected=Expected("Zero.jpg"), photoTakenTime=unknown)
    takeout.photo(
        "Photos from 2019/NoNumber.jpg",
        clock=None,
        expected=Expected("NoNumber.jpg"),
        photoTakenTime={"timestamp": "soon"},
    )


def _details(takeout: MadeTakeout) -> None:
    year = "Photos from 2021"
    takeout.photo(
        f"{year}/Escaped.jpg",
        description="Tom &amp; Jerry&#39;s &lt;house&gt;\n2 lines",
        expected=Expected("Escaped.jpg", "Tom & Jerry's <house>\n2 lines"),
    )
    takeout.photo(f"{year}/Favorite.jpg", favorited=True, expected=Expected("Favorite.jpg", favorite=True))
    people = [{"name": "Susan"}, {"name": "Jos\u00e9"}, {"name": ""}, {}]
    takeout.photo(f"{year}/People.jpg", people=people, expected=Expected("People.jpg", tags=("Susan", "José")))
    lisbon = {"latitude": 38.7127, "longitude": -9.1375, "altitude": 0.0}
    placed = Expected("Placed.jpg", position=(38.7127, -9.1375))
    takeout.photo(f"{year}/Placed.jpg", geoData=lisbon, expected=placed)
    takeout.photo(f"{year}/Camera.jpg", geoDataExif=lisbon, expected=replace(placed, filename="Camera.jpg"))
    takeout.photo(
        f"{year}/Partner.jpg", googlePhotosOrigin={"fromPartnerSharing": {}}, expected=Expected("Partner.jpg")
    )
    takeout.photo(f"{year}/Long.jpg", description="x" * 2500, expected=Expected("Long.jpg", "x" * 2500))


def _trash(takeout: MadeTakeout) -> None:
    takeout.photo("Bin/Gone.jpg", trashed=True, expected=Expected("Gone.jpg", trashed=True))
    takeout.photo("Bin/Silent.jpg", expected=Expected("Silent.jpg", trashed=True))
    takeout.photo("Archive/Old.jpg", archived=True, expected=Expected("Old.jpg"))
    takeout.photo("Archive/Silent2.jpg", expected=Expected("Silent2.jpg"))


def _other_files(takeout: MadeTakeout) -> None:
    taken = datetime(2022, 1, 1, tzinfo=UTC)
    year = "Photos from 2022"
    # A Live Photo: the JSON is that of the photo.
    takeout.photo(f"{year}/IMG_2367.JPG", description="Live")
    takeout.skip(f"{year}/IMG_2367.MP4")
    takeout.photo(f"{year}/PXL_20220101_000000001.MP.jpg", description="Motion")
    takeout.skip(f"{year}/PXL_20220101_000000001.MP")
    takeout.skip(f"{year}/VID_1.mp4")
    takeout.put(f"{year}/VID_1.mp4.supplemental-metadata.json", photo_json("VID_1.mp4", taken))
    takeout.skip(f"{year}/Gone.jpg.json", photo_json("Gone2.jpg", taken))
    takeout.skip(f"{year}/Broken.jpg.json", b'{"title": "Bro')
    takeout.skip(f"{year}/Deep.jpg.json", b"[" * 100_000)
    takeout.skip(f"{year}/Latin.jpg.json", b'{"title": "\xe9"}')
    takeout.skip(f"{year}/Drawing.svg")
    takeout.skip(f"{year}/.DS_Store")
    takeout.skip("print-subscriptions.json", b"{}")
    takeout.skip("shared_album_comments.json", b'{"sharedAlbumComments": []}')
    takeout.skip("user-generated-memory-titles.json", b'{"title": ["Hi"]}')
    takeout.skip("Failed Videos/x.mov")
    takeout.skip("archive_browser.html", root="Takeout")
    takeout.skip("Scan.jpg", root="Takeout/Drive/Photos from 2022")
