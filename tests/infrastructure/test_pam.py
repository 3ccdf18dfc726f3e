"""PAM: the address of the Photo Asset Manager's client, set, kept, removed and validated."""

from urllib.parse import parse_qs, urlsplit

import pytest

from infrastructure.pam import client_url, environment, stack_parameters

CURRENT = {"PamOrigin": "https://pam.example.org", "PamUrls": "https://pam.example.org,https://pam.example.org/"}


@pytest.mark.parametrize(
    ("address", "origin", "url"),
    [
        ("https://pam.example.org", "https://pam.example.org", "https://pam.example.org"),
        ("https://pam.example.org/", "https://pam.example.org", "https://pam.example.org"),
        ("https://d1.cloudfront.net/photos/", "https://d1.cloudfront.net", "https://d1.cloudfront.net/photos"),
        ("http://localhost:5173", "http://localhost:5173", "http://localhost:5173"),
        ("http://localhost", "http://localhost", "http://localhost"),
    ],
)
def test_sign_in_redirects_with_and_without_a_slash(address: str, origin: str, url: str) -> None:
    parameters = stack_parameters(address, {})
    assert parameters == {"PamOrigin": origin, "PamUrls": f"{url},{url}/"}
    assert client_url(parameters) == url


def test_empty_address_keeps_the_current_one() -> None:
    assert stack_parameters("", CURRENT | {"Stage": "prod"}) == CURRENT
    assert stack_parameters("https://other.example", CURRENT)["PamOrigin"] == "https://other.example"


@pytest.mark.parametrize("parameters", [stack_parameters("", {}), stack_parameters("no", CURRENT)])
def test_client_does_not_exist_unless_it_has_an_address(parameters: dict[str, str]) -> None:
    assert parameters == {"PamOrigin": ""}
    assert client_url(parameters | {"PamUrls": "http://localhost:5173"}) == ""


@pytest.mark.parametrize(
    "address",
    [
        *("pam.example.org", "http://pam.example.org", "http://127.0.0.1:5173", "http://localhost.attacker.example"),
        *("https://", "https://a.org/#x", "https://a.org/?x=1", "https://a.org,https://b.org", "https://a.org/ x"),
        *("https://user@a.org", "https://*.example.org", "HTTPS://A.ORG", "ftp://a.org", "*", "https://a.org/\n"),
    ],
)
def test_address_that_sign_in_cannot_redirect_to_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="Invalid PAM"):
        stack_parameters(address, CURRENT)


def test_environment_has_the_urls_that_the_client_reads() -> None:
    variables = environment("http://localhost:5173", "abc", api_url="https://api.example", sign_in_url="https://in")
    assert variables["VITE_API_GATEWAY_BASE_URL"] == "https://api.example/"
    sign_in, sign_out = (
        urlsplit(variables[name]) for name in ("VITE_COGNITO_SIGN_IN_URL", "VITE_COGNITO_SIGN_OUT_URL")
    )
    assert (sign_in.netloc, sign_in.path, sign_out.path) == ("in", "/login", "/logout")
    assert parse_qs(sign_in.query) == {
        "client_id": ["abc"],
        "response_type": ["token"],
        "scope": ["openid profile"],
        "redirect_uri": ["http://localhost:5173"],
    }
    assert parse_qs(sign_out.query) == {"client_id": ["abc"], "logout_uri": ["http://localhost:5173"]}
