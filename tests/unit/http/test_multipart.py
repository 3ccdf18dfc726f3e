import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.errors import Invalid, UnsupportedMedia
from chalicelib.http import multipart
from chalicelib.http.multipart import MultipartForm
from tests.support.multipart import BOUNDARY, TYPE, Part, form

FIELDS = frozenset({"label", "tags"})
IMAGE = ("img", "a.jpg", b"\xff\xd8 bytes")
LABEL = ("label", None, b"cat")


def parse(body: bytes, content_type: str = TYPE) -> MultipartForm:
    return multipart.parse(body, content_type, fields=FIELDS, file="img")


@given(st.binary(), st.text(st.characters(exclude_characters='\r\n"\\', codec="utf-8"), min_size=1))
@example(b"\r\n--xYzZ\r\n--xYzZ", "a b/ü 🏖.jpg")
def test_fields_and_file_are_parsed_exactly(data: bytes, name: str) -> None:
    if f"--{BOUNDARY}".encode() in data:
        return  # clients choose a boundary that the file does not contain
    assert parse(form(LABEL, ("img", name, data), ("tags", None, "ü,é".encode()))) == MultipartForm(
        {"label": "cat", "tags": "ü,é"}, name, data
    )


def disposition(header: str, data: bytes = b"x") -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Disposition: form-data; {header}\r\n\r\n"
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize(
    ("header", "filename"),
    [
        ("name=img; filename*=UTF-8''na%C3%AFve.jpg", "naïve.jpg"),
        ("filename*=utf-8'de'a%20%22b%22%5C.jpg ; name=\"img\"", 'a "b"\\.jpg'),
        ("name=img; FileName* = UTF-8''a%0D%0AX:%20y.jpg", "aX: y.jpg"),
        ("name=img; filename=plain.jpg; filename*=UTF-8''other.jpg", "plain.jpg"),
        ("name=img; filename=\"; filename*=UTF-8''b.jpg\"", "; filename*=UTF-8''b.jpg"),
    ],
)
def test_extended_filename_counts_if_it_stands_alone(header: str, filename: str) -> None:
    data = b"\r\nContent-Disposition: form-data; name=img; filename*=UTF-8''inside\r\n\r\n"
    assert parse(disposition(header, data)) == MultipartForm({}, filename, data)


@pytest.mark.parametrize("value", ["UTF-8''%ff", "latin-1''a.jpg", "a.jpg"])
def test_extended_filename_that_is_not_utf_8_raises_invalid(value: str) -> None:
    with pytest.raises(Invalid) as raised:
        parse(disposition(f"name=img; filename*={value}"))
    assert raised.value.code == "invalid_multipart"


def test_large_file_is_parsed_whole() -> None:
    data = b"\r\n--xYzZ" * 400_000
    assert parse(form(LABEL, ("img", "big.jpg", data))).file == data


@pytest.mark.parametrize(
    "content_type",
    [f'multipart/form-data; boundary="{BOUNDARY}"', f"Multipart/Form-Data; charset=utf-8; Boundary={BOUNDARY}"],
)
def test_valid_content_types_are_accepted(content_type: str) -> None:
    assert parse(form(IMAGE), content_type).filename == "a.jpg"


def test_empty_field_and_empty_file_are_parsed() -> None:
    assert parse(form(("label", None, b""), ("img", "", b""))) == MultipartForm({"label": ""}, "", b"")


@pytest.mark.parametrize(
    ("parts", "message", "field"),
    [
        ([LABEL, IMAGE, ("color", None, b"red")], "Unexpected field 'color' in request body", "color"),
        ([LABEL, IMAGE, ("other", "b.jpg", b"x")], "Unexpected field 'other' in request body", "other"),
        ([IMAGE, IMAGE], "img may appear only once.", "img"),
        ([LABEL, LABEL, IMAGE], "label may appear only once.", "label"),
        ([LABEL], "img is required.", "img"),
        ([("img", None, b"text")], "img must be a file.", "img"),
        ([], "img is required.", "img"),
    ],
)
def test_unexpected_missing_and_repeated_fields_raise_invalid(parts: list[Part], message: str, field: str) -> None:
    with pytest.raises(Invalid) as raised:
        parse(form(*parts))
    assert (str(raised.value), raised.value.field) == (message, field)


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "multipart/form-data", "multipart/mixed; boundary=xYzZY", "image/jpeg", "🏖", "\ud800"],
)
def test_other_content_types_raise_unsupported_media(content_type: str) -> None:
    with pytest.raises(UnsupportedMedia):
        parse(form(IMAGE), content_type)


WHOLE = form(IMAGE, LABEL)


@pytest.mark.parametrize("length", [0, 10, 60, 90, len(WHOLE) // 2, len(WHOLE) - 4, len(WHOLE) - 12])
def test_truncated_body_raises_invalid(length: int) -> None:
    with pytest.raises(Invalid) as raised:
        parse(WHOLE[:length])
    assert raised.value.code == "invalid_multipart"


@pytest.mark.parametrize(
    "body",
    [
        WHOLE.replace(b"\r\n", b"\n"),
        WHOLE.replace(b'name="img"; ', b""),
        WHOLE.replace(b"Content-Disposition", b"X-Other"),
        WHOLE.replace(b"a.jpg", b"\xfc.jpg"),
        WHOLE.replace(b"cat", b"\xff\xfe"),
        WHOLE.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1),
        form(("x" * 5000, None, b"")),
    ],
)
def test_malformed_body_raises_invalid(body: bytes) -> None:
    with pytest.raises(Invalid) as raised:
        parse(body)
    assert raised.value.code == "invalid_multipart"


def test_overlong_boundary_raises_invalid() -> None:
    long = "b" * 5000
    with pytest.raises(Invalid):
        parse(WHOLE.replace(BOUNDARY.encode(), long.encode()), f"multipart/form-data; boundary={long}")


@given(st.binary())
def test_arbitrary_body_raises_nothing_but_invalid(body: bytes) -> None:
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    for whole in (body, start + body, start + body + f"\r\n--{BOUNDARY}--".encode()):
        with pytest.raises(Invalid):
            parse(whole)
