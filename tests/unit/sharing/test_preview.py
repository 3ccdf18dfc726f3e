from html.parser import HTMLParser

import pytest

from chalicelib.library.photo import Derivative
from chalicelib.sharing.preview import (
    MAX_IMAGE_BYTES,
    NEUTRAL_TITLE,
    Preview,
    describe_photos,
    preview_html,
    preview_image,
)
from tests.support.factories import photo

TARGET = "https://photos.example/shared/#abc.def"
HOSTILE = "\"><script>alert(1)</script><meta http-equiv=refresh content='0;url=//evil'>&lt;"


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def content(self, **attribute: str) -> str | None:
        """The content of the meta tag with this attribute."""
        [(name, value)] = attribute.items()
        found = [attrs["content"] for tag, attrs in self.found if tag == "meta" and attrs.get(name) == value]
        assert len(found) <= 1
        return found[0] if found else None


def test_messengers_find_title_description_and_cover() -> None:
    page = Tags(preview_html(Preview("Summer", "12 photos", "https://api.example/shares/t/cover"), TARGET))
    assert page.content(property="og:title") == "Summer"
    assert page.content(property="og:description") == "12 photos"
    assert page.content(property="og:image") == "https://api.example/shares/t/cover"


def test_page_forwards_without_a_referrer_and_is_not_indexed() -> None:
    page = Tags(preview_html(Preview(), TARGET))
    refresh = next(attrs for _, attrs in page.found if attrs.get("http-equiv") == "refresh")
    assert refresh["content"] == f"0; url={TARGET}"
    assert page.content(name="referrer") == "no-referrer"
    assert page.content(name="robots") == "noindex, nofollow"


def test_neutral_page_has_no_description_and_no_image() -> None:
    html = preview_html(Preview(), TARGET)
    assert NEUTRAL_TITLE in html
    assert "og:description" not in html
    assert "og:image" not in html


@pytest.mark.parametrize("target", [TARGET, ""])
def test_hostile_text_is_escaped_everywhere(target: str) -> None:
    plain = Tags(preview_html(Preview("a", "b", "c"), target))
    hostile = Tags(preview_html(Preview(HOSTILE, HOSTILE, HOSTILE), target))
    assert [tag for tag, _ in hostile.found] == [tag for tag, _ in plain.found]
    assert {tag for tag, _ in hostile.found} <= {"html", "head", "meta", "title", "body", "p", "a"}
    assert hostile.content(property="og:title") == HOSTILE


def test_page_without_a_target_forwards_nowhere() -> None:
    html = preview_html(Preview("Summer"), "")
    assert "http-equiv" not in html
    assert "href" not in html


@pytest.mark.parametrize(
    ("count", "description", "expected"),
    [
        (1, "", "1 photo"),
        (1200, "", "1,200 photos"),
        (0, "two\n lines", "0 photos: two lines"),
        (2, "x" * 300, "2 photos: " + "x" * 199 + "…"),
    ],
)
def test_photos_are_described_in_one_line(count: int, description: str, expected: str) -> None:
    assert describe_photos(count, description) == expected


@pytest.mark.parametrize(
    ("mime", "size", "expected"),
    [
        ("image/jpeg", MAX_IMAGE_BYTES, "resized"),
        ("image/jpeg", MAX_IMAGE_BYTES + 1, "thumbnail"),
        ("image/png", 1000, "thumbnail"),
    ],
)
def test_messengers_get_a_small_jpeg_or_the_thumbnail(mime: str, size: int, expected: str) -> None:
    images = {
        "resized": Derivative("p1/resized", mime, "JPEG", 40, 30, size),
        "thumbnail": Derivative("p1/thumbnail", mime, "JPEG", 15, 15, 10),
    }
    assert preview_image(photo(derivatives=images)) == images[expected]
