import jwt
import pytest

from local.provision import ProvisionedStack
from local.users import USERS, User, ensure_user, id_token

pytestmark = pytest.mark.cloud


def test_demo_user_has_verified_email_and_phone_number(cloud: ProvisionedStack) -> None:
    pool, client = cloud.outputs["UserPoolId"], cloud.outputs["UserPoolClientId"]
    token = id_token(cloud.client("cognito-idp"), pool, client, "demo")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["email"], claims["email_verified"]) == (USERS["demo"].email, True)
    assert (claims["phone_number"], claims["phone_number_verified"]) == (USERS["demo"].phone, True)


def test_ensure_user_updates_attributes_and_keeps_sub(cloud: ProvisionedStack) -> None:
    cognito, pool = cloud.client("cognito-idp"), cloud.outputs["UserPoolId"]
    before = ensure_user(cognito, pool, User("earlier@tintype.example", "earlier-password"))
    after = ensure_user(cognito, pool, User("earlier@tintype.example", "earlier-password", "+12025550177"))
    user = cognito.admin_get_user(UserPoolId=pool, Username="earlier@tintype.example")
    attributes = {each["Name"]: each["Value"] for each in user["UserAttributes"]}
    assert before == after == attributes["sub"]
    assert (attributes["phone_number"], attributes["phone_number_verified"]) == ("+12025550177", "true")
    assert attributes["email_verified"] == "true"
