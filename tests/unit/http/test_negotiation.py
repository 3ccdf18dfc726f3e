import pytest

from chalicelib.http.negotiation import JSON, MEDIA_TYPES, prefers_json
from chalicelib.images.formats import FORMATS, output_format


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json;charset=utf-8",
        "application/json, text/plain, */*",
        "application/json,image/jpeg;q=0.9",
        "image/*;q=0.5, application/json",
        "application/*",
        "text/html, application/json;q=0.1",
    ],
)
def test_json_is_preferred(accept: str) -> None:
    assert prefers_json(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "*",
        "",
        ",",
        "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/json;q=0.5, image/*",
        "application/json;q=0.5, */*",
        "application/json;q=0, */*",
        "image/jpeg, application/json",
        "text/html",
        "nonsense",
        "a/b/c, application/json",
        "application/json/",
    ],
)
def test_image_is_preferred(accept: str) -> None:
    assert not prefers_json(accept)


def test_media_types_include_every_derivative_format() -> None:
    assert set(MEDIA_TYPES) - {JSON} == {output_format(each).mime for each in FORMATS.values()}
