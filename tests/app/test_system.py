from tests.app.conftest import Tintype


def test_me_returns_the_caller(tintype: Tintype) -> None:
    assert tintype.get("/me", as_="alice")["email"] == "alice@example.org"


def test_health_is_ok_if_every_service_responds(tintype: Tintype) -> None:
    assert tintype.get("/health") == {"status": "ok", "stage": "test"}


def test_health_names_the_unavailable_service(tintype: Tintype) -> None:
    tintype.s3.delete_bucket(Bucket="derivatives")
    response = tintype.call("GET", "/health")
    assert response.status_code == 503
    assert "derivatives bucket" in response.json_body["error"]
    assert response.headers["Retry-After"]
