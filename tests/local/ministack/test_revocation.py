"""The revocation endpoint of the hosted sign-in ends one session's refresh token, and no other."""

import http.client
import json
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import pytest

from local.ports import HOST
from local.provision import ProvisionedStack
from local.users import USERS

pytestmark = pytest.mark.cloud


def post(cloud: ProvisionedStack, path: str, **form: str) -> tuple[int, Any]:
    """Status and JSON of a response of the sign-in, None if it is empty."""
    with closing(http.client.HTTPConnection(HOST, cloud.services.port, timeout=30)) as connection:
        connection.request("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        return response.status, json.loads(response.read() or "null")


def sign_in(cloud: ProvisionedStack) -> str:
    """A new refresh token of the demo user."""
    user = USERS["demo"]
    result = cloud.client("cognito-idp").admin_initiate_auth(
        UserPoolId=cloud.outputs["UserPoolId"],
        ClientId=cloud.outputs["UserPoolClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.email, "PASSWORD": user.password},
    )
    return str(result["AuthenticationResult"]["RefreshToken"])


def test_revoked_refresh_token_renews_nothing(cloud: ProvisionedStack) -> None:
    client = {"client_id": cloud.outputs["UserPoolClientId"]}
    tokens = [sign_in(cloud) for _ in range(2)]
    assert post(cloud, "/oauth2/revoke", token=tokens[0], **client) == (200, None)
    assert post(cloud, "/oauth2/revoke", token=tokens[0], **client) == (200, None)
    revoked, other = (
        post(cloud, "/oauth2/token", grant_type="refresh_token", refresh_token=t, **client) for t in tokens
    )
    assert (revoked[0], revoked[1]["error"]) == (400, "invalid_grant")
    assert (other[0], "access_token" in other[1]) == (200, True)


def test_unknown_client_revokes_nothing(cloud: ProvisionedStack) -> None:
    token = sign_in(cloud)
    status, body = post(cloud, "/oauth2/revoke", token=token, client_id="nobody")
    assert (status, body["error"]) == (400, "invalid_client")
    client = {"client_id": cloud.outputs["UserPoolClientId"]}
    assert post(cloud, "/oauth2/token", grant_type="refresh_token", refresh_token=token, **client)[0] == 200


def test_request_without_token_and_grant_type_is_refused(cloud: ProvisionedStack) -> None:
    assert post(cloud, "/oauth2/revoke", client_id=cloud.outputs["UserPoolClientId"])[0] == 400
