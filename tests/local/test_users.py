import jwt
import pytest

from local.provision import Provisioned
from local.users import PEOPLE, Person, id_token, settle

pytestmark = pytest.mark.cloud


def test_the_demo_user_signs_in_with_an_address_and_a_number_that_are_verified(cloud: Provisioned) -> None:
    pool, client = cloud.outputs["UserPoolId"], cloud.outputs["UserPoolClientId"]
    token = id_token(cloud.client("cognito-idp"), pool, client, "demo")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["email"], claims["email_verified"]) == (PEOPLE["demo"].email, True)
    assert (claims["phone_number"], claims["phone_number_verified"]) == (PEOPLE["demo"].phone, True)


def test_somebody_who_was_there_before_stays_the_same_and_learns_what_is_new(cloud: Provisioned) -> None:
    cognito, pool = cloud.client("cognito-idp"), cloud.outputs["UserPoolId"]
    before = settle(cognito, pool, Person("earlier@tintype.example", "earlier-password"))
    after = settle(cognito, pool, Person("earlier@tintype.example", "earlier-password", "+12025550177"))
    user = cognito.admin_get_user(UserPoolId=pool, Username="earlier@tintype.example")
    attributes = {each["Name"]: each["Value"] for each in user["UserAttributes"]}
    assert before == after == attributes["sub"]
    assert (attributes["phone_number"], attributes["phone_number_verified"]) == ("+12025550177", "true")
    assert attributes["email_verified"] == "true"
