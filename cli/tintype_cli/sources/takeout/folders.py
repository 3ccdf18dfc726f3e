"""Tells the folders of a Takeout apart: years, albums, trash and archive, whose names are in the account's language."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from enum import Enum, auto

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?: #\d+)?")
_NUMBERED = re.compile(r"(.+?) ?\(\d+\)")
_YEAR_NAMES = frozenset(
    {
        *(
            "photos from {}",
            "fotos von {}",
            "photos de {}",
            "fotos de {}",
            "foto da {}",
            "foto del {}",
            "foto's uit {}",
        ),
        *("fotos uit {}", "zdjęcia z {}", "foton från {}", "bilder från {}", "bilder fra {}", "billeder fra {}"),
        *("fotky z {}", "fotografie z {}", "fotografije iz {}", "fotók {}", "poze din {}", "kuvat vuodelta {}"),
        *("фото за {}", "фотографии {}", "фото {}", "снимки от {}", "{} yılından fotoğraflar", "φωτογραφίες από {}"),
        *("{}年の写真", "{} 年的照片", "{}年的照片", "{} 年的相片", "{}년의 사진", "รูปภาพจากปี {}", "ảnh từ năm {}"),
    }
)
_TRASH = frozenset(
    {
        *(
            "trash",
            "bin",
            "papierkorb",
            "corbeille",
            "papelera",
            "cestino",
            "lixeira",
            "lixo",
            "reciclagem",
            "prullenbak",
        ),
        *("kosz", "koš", "kôš", "lomtár", "kuka", "papperskorgen", "papirkurv", "papirkurven", "roskakori", "paperera"),
        *("coș de gunoi", "çöp kutusu", "корзина", "кошик", "кошче", "κάδος απορριμμάτων", "thùng rác", "ถังขยะ"),
        *("ゴミ箱", "回收站", "回收桶", "垃圾桶", "휴지통"),
    }
)
_ARCHIVE = frozenset(
    {
        *(
            "archive",
            "archives",
            "archiv",
            "archív",
            "archivo",
            "archivio",
            "arquivo",
            "archief",
            "archiwum",
            "archívum",
        ),
        *("arkiv", "arkivet", "arkisto", "arxiu", "arhivă", "arşiv", "архив", "архів", "αρχείο", "lưu trữ", "ที่เก็บ"),
        *("アーカイブ", "归档", "封存", "보관함"),
    }
)


class FolderKind(Enum):
    """What the folder of photos is."""

    ALBUM = auto()
    TIMELINE = auto()  # a year, or a day in Takeouts until 2020
    ARCHIVE = auto()
    TRASH = auto()


def classify(titles: dict[str, str | None], products: Collection[str]) -> dict[str, FolderKind]:
    """The kind of each folder, by its name, and the title that its JSON gives it, None without such a file.

    `products` are the folders that hold the others: of what they hold themselves nothing is known.
    """
    plain = [name for name, title in titles.items() if title is None]
    repeated = _repeated_years(plain)
    return {name: _kind(name, title, name in products, repeated) for name, title in titles.items()}


def _kind(name: str, title: str | None, is_product: bool, repeated: frozenset[str]) -> FolderKind:
    folded = _fold(name)
    year_name = _without_year(folded)
    if not name or is_product or year_name in _YEAR_NAMES or (_fold(title or "") == folded and _DAY.fullmatch(folded)):
        return FolderKind.TIMELINE
    if title is not None:
        return FolderKind.ALBUM
    if folded in _TRASH:
        return FolderKind.TRASH
    if folded in _ARCHIVE:
        return FolderKind.ARCHIVE
    return FolderKind.TIMELINE if year_name in repeated or _DAY.fullmatch(folded) else FolderKind.ALBUM


def _repeated_years(names: Iterable[str]) -> frozenset[str]:
    """What several folders are called but for the year: names for years in a language that is not known here."""
    years: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        folded = _fold(name)
        if found := _YEAR.search(folded):
            years[_without_year(folded)].add(found[0])
    return frozenset(text for text, found in years.items() if len(found) > 1)


def _without_year(folded: str) -> str:
    return _YEAR.sub("{}", folded)


def _fold(name: str) -> str:
    """The name without case, and without the number that makes it unique."""
    folded = unicodedata.normalize("NFC", name).casefold().replace("\u2019", "'").strip()
    numbered = _NUMBERED.fullmatch(folded)
    return numbered[1] if numbered else folded
