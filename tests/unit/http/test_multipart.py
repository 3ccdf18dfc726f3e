import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.errors import Invalid, UnsupportedMedia
from chalicelib.http import multipart
from chalicelib.http.multipart import Form
from tests.support.multipart import BOUNDARY, TYPE, Part, form

KNOWN = frozenset({"label", "tags"})
IMAGE = ("img", "a.jpg", b"\xff\xd8 bytes")
LABEL = ("label", None, b"cat")


def read(body: bytes, content_type: str = TYPE) -> Form:
    return multipart.read(body, content_type, fields=KNOWN, file="img")


@given(st.binary(), st.text(st.characters(exclude_characters='\r\n"\\', codec="utf-8"), min_size=1))
@example(b"\r\n--xYzZ\r\n--xYzZ", "a b/ü 🏖.jpg")
def test_a_form_is_its_texts_and_its_file_byte_for_byte(data: bytes, name: str) -> None:
    if f"--{BOUNDARY}".encode() in data:
        return  # no client chooses a boundary that is in its file
    assert read(form(LABEL, ("img", name, data), ("tags", None, "ü,é".encode()))) == Form(
        {"label": "cat", "tags": "ü,é"}, name, data
    )


def test_a_large_file_comes_whole() -> None:
    data = b"\r\n--xYzZ" * 400_000
    assert read(form(LABEL, ("img", "big.jpg", data))).file == data


@pytest.mark.parametrize(
    "content_type",
    [f'multipart/form-data; boundary="{BOUNDARY}"', f"Multipart/Form-Data; charset=utf-8; Boundary={BOUNDARY}"],
)
def test_the_type_may_be_written_in_any_lawful_way(content_type: str) -> None:
    assert read(form(IMAGE), content_type).filename == "a.jpg"


def test_an_empty_text_and_an_empty_file_are_there_all_the_same() -> None:
    assert read(form(("label", None, b""), ("img", "", b""))) == Form({"label": ""}, "", b"")


@pytest.mark.parametrize(
    ("parts", "sentence", "field"),
    [
        ([LABEL, IMAGE, ("colour", None, b"red")], "Unexpected field 'colour' in request body", "colour"),
        ([LABEL, IMAGE, ("other", "b.jpg", b"x")], "Unexpected field 'other' in request body", "other"),
        ([IMAGE, IMAGE], "img may be given only once.", "img"),
        ([LABEL, LABEL, IMAGE], "label may be given only once.", "label"),
        ([LABEL], "img is required.", "img"),
        ([("img", None, b"text")], "img must be a file.", "img"),
        ([], "img is required.", "img"),
    ],
)
def test_a_form_that_holds_something_else_is_refused_with_its_field(
    parts: list[Part], sentence: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        read(form(*parts))
    assert (str(refused.value), refused.value.field) == (sentence, field)


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "multipart/form-data", "multipart/mixed; boundary=xYzZY", "image/jpeg", "🏖", "\ud800"],
)
def test_what_is_no_form_is_an_unsupported_type(content_type: str) -> None:
    with pytest.raises(UnsupportedMedia):
        read(form(IMAGE), content_type)


WHOLE = form(IMAGE, LABEL)


@pytest.mark.parametrize("kept", [0, 10, 60, 90, len(WHOLE) // 2, len(WHOLE) - 4, len(WHOLE) - 12])
def test_a_body_that_ends_too_soon_is_malformed_and_never_taken_in_part(kept: int) -> None:
    with pytest.raises(Invalid) as refused:
        read(WHOLE[:kept])
    assert refused.value.code == "invalid_multipart"


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
def test_a_malformed_body_is_bad_input(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(body)
    assert refused.value.code == "invalid_multipart"


def test_a_boundary_beyond_all_measure_is_bad_input() -> None:
    long = "b" * 5000
    with pytest.raises(Invalid):
        read(WHOLE.replace(BOUNDARY.encode(), long.encode()), f"multipart/form-data; boundary={long}")


@given(st.binary())
def test_no_body_whatever_is_more_than_bad_input(body: bytes) -> None:
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    for whole in (body, start + body, start + body + f"\r\n--{BOUNDARY}--".encode()):
        with pytest.raises(Invalid):
            read(whole)
