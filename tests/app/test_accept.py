import pytest
from chalice.deploy.swagger import SwaggerGenerator

from tests.app.conftest import OWNER, Tintype
from tests.support.images.tiny import encode_image

ACCEPTED = [None, "*/*", "image/avif,image/webp,*/*", "application/json"]
ROUTES = [
    ("/gallery/trending", "application/json"),
    ("/gallery/articles?tag=beach", "application/json"),
    ("/gallery/tags", "application/json"),
    ("/photos", "application/json"),
    ("/photos/{id}", "application/json"),
    ("/thumbnails", "application/json"),
    ("/thumbnails/{id}", "image/png"),
    ("/labels", "application/json"),
    ("/labels/refresh", "application/json"),
    ("/stats", "application/json"),
    ("/me", "application/json"),
    ("/health", "application/json"),
    ("/photos/unknown", "application/json"),
]


@pytest.mark.parametrize("accept", ACCEPTED)
def test_every_route_returns_its_own_type_for_any_accept_header(tintype: Tintype, accept: str | None) -> None:
    photo_id = tintype.publish("beach.png", encode_image(image_format="PNG"))
    for path, kind in ROUTES:
        headers = {"Accept": accept} if accept else {}
        response = tintype.call("GET", path.replace("{id}", photo_id), as_=OWNER, headers=headers)
        assert response.headers["Content-Type"] == kind, path
        if kind == "image/png":
            assert response.body.startswith(b"\x89PNG")
        else:
            assert isinstance(response.json_body, dict), path


@pytest.mark.parametrize("accept", ACCEPTED)
def test_redirect_is_returned_for_any_accept_header(tintype: Tintype, accept: str | None) -> None:
    photo_id = tintype.publish("beach.jpg", encode_image())
    headers = {"Accept": accept} if accept else {}
    assert tintype.call("GET", f"/photos/{photo_id}/preview", headers=headers).status_code == 302


def test_deployed_api_treats_all_media_types_as_binary() -> None:
    import app

    resources = {"api_handler_arn": "arn:aws:lambda:us-east-1:000000000000:function:tintype"}
    document = SwaggerGenerator("us-east-1", resources).generate_swagger(app.app)
    assert document["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    assert set(document["paths"]) == set(app.app.routes)
