"""The implicit flow of the hosted sign-in: tokens in the fragment, for the client that has it, to its own URLs."""

import html
import http.client
import re
from contextlib import closing
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from local.ports import HOST
from local.provision import ProvisionedStack
from local.users import USERS
from tests.conftest import PAM_URL

pytestmark = pytest.mark.cloud

USER = USERS["demo"]


def send(cloud: ProvisionedStack, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Status, Location and body of a response of the sign-in's pages."""
    with closing(http.client.HTTPConnection(HOST, cloud.services.port, timeout=30)) as connection:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request(method, path, urlencode(form) if form else None, headers)
        response = connection.getresponse()
        return response.status, response.getheader("Location", ""), response.read().decode()


def open_sign_in(cloud: ProvisionedStack, path: str = "/login", **parameters: str) -> tuple[int, str, str]:
    query = {
        "client_id": cloud.outputs["PamClientId"],
        "response_type": "token",
        "scope": "openid profile",
        "redirect_uri": PAM_URL,
    }
    return send(cloud, "GET", f"{path}?{urlencode(query | parameters)}")


def sign_in(cloud: ProvisionedStack, page: str, password: str = USER.password) -> tuple[int, str, str]:
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', page)}
    return send(cloud, "POST", "/login", fields | {"username": USER.email, "password": password})


@pytest.mark.parametrize("path", ["/login", "/oauth2/authorize"])
@pytest.mark.parametrize("url", [PAM_URL, f"{PAM_URL}/"])
def test_tokens_come_back_in_the_fragment(cloud: ProvisionedStack, path: str, url: str) -> None:
    status, _, page = open_sign_in(cloud, path, redirect_uri=url, state="a b&c", nonce="n1")
    assert status == 200
    status, location, _ = sign_in(cloud, page)
    assert (status, location.partition("#")[0]) == (302, url)
    fragment = parse_qs(urlsplit(location).fragment)
    assert (fragment["token_type"], fragment["expires_in"], fragment["state"]) == (["Bearer"], ["3600"], ["a b&c"])
    claims = jwt.decode(fragment["id_token"][0], options={"verify_signature": False})
    assert (claims["aud"], claims["token_use"], claims["nonce"]) == (cloud.outputs["PamClientId"], "id", "n1")
    assert (claims["email"], claims["email_verified"]) == (USER.email, True)
    assert claims["cognito:username"]
    access = jwt.decode(fragment["access_token"][0], options={"verify_signature": False})
    assert access["token_use"] == "access"
    assert "refresh_token" not in fragment


def test_wrong_password_shows_the_form_again(cloud: ProvisionedStack) -> None:
    status, location, page = sign_in(cloud, open_sign_in(cloud)[2], password="wrong")
    assert (status, location) == (200, "")
    assert sign_in(cloud, page)[0] == 302


def test_other_addresses_are_refused(cloud: ProvisionedStack) -> None:
    page = open_sign_in(cloud)[2]
    for url in ("https://attacker.example", f"{PAM_URL}.attacker.example", f"{PAM_URL}/deeper", ""):
        assert open_sign_in(cloud, redirect_uri=url)[:2] == (400, "")
        # As a changed form would send it.
        status, location, _ = sign_in(cloud, page.replace(f'value="{PAM_URL}"', f'value="{url}"'))
        assert (status, location) == (400, "")


def test_client_of_the_page_has_no_implicit_flow(cloud: ProvisionedStack) -> None:
    page_client = cloud.outputs["UserPoolClientId"]
    assert open_sign_in(cloud, client_id=page_client)[0] == 400
    page = open_sign_in(cloud)[2].replace(cloud.outputs["PamClientId"], page_client)
    assert sign_in(cloud, page)[:2] == (400, "")
    assert open_sign_in(cloud, response_type="code")[0] == 400
    assert open_sign_in(cloud, client_id="unknown")[0] == 400


def test_scope_that_the_client_does_not_have_is_an_error_in_the_fragment(cloud: ProvisionedStack) -> None:
    status, location, _ = open_sign_in(cloud, scope="openid admin")
    assert (status, location) == (302, f"{PAM_URL}#error=invalid_scope")
