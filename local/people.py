"""The two people of a library on a laptop: their passwords are no secret and are printed at its start."""

from dataclasses import dataclass
from typing import Any

from local.problems import Problem


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    email: str
    password: str


PEOPLE = {
    "demo": Person("demo@tintype.example", "demo-password"),
    "second": Person("second@tintype.example", "second-password"),
}


def settle(cognito: Any, pool: str, person: Person) -> str:
    """Make sure the person is in the pool, with that password, and return their `sub`: the same at every start."""
    try:
        user = cognito.admin_get_user(UserPoolId=pool, Username=person.email)
        attributes = user["UserAttributes"]
    except cognito.exceptions.UserNotFoundException:
        created = cognito.admin_create_user(
            UserPoolId=pool,
            Username=person.email,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": person.email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
        attributes = created["User"]["Attributes"]
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=person.email, Password=person.password, Permanent=True
        )
    return next(str(attribute["Value"]) for attribute in attributes if attribute["Name"] == "sub")


def id_token(cognito: Any, pool: str, client_id: str, who: str) -> str:
    """A fresh id token of one of the people; raises Problem for anybody else."""
    person = PEOPLE.get(who)
    if person is None:
        raise Problem(f"Nobody here is called {who}; there are {' and '.join(PEOPLE)}.")
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person.email, "PASSWORD": person.password},
    )
    return str(answer["AuthenticationResult"]["IdToken"])
