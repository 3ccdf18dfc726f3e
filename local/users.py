"""The two people of a library on a laptop: their passwords are no secret and are printed at its start."""

from dataclasses import dataclass
from typing import Any

from local.errors import Problem


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    email: str
    password: str
    phone: str = ""

    @property
    def attributes(self) -> list[dict[str, str]]:
        """What the pool knows of them, all of it verified."""
        told = {"email": self.email, "email_verified": "true"}
        if self.phone:
            told |= {"phone_number": self.phone, "phone_number_verified": "true"}
        return [{"Name": name, "Value": value} for name, value in told.items()]


PEOPLE = {
    # A number that is kept free for stories, as the addresses are for examples.
    "demo": Person("demo@tintype.example", "demo-password", "+12025550123"),
    "second": Person("second@tintype.example", "second-password"),
}


def settle(cognito: Any, pool: str, person: Person) -> str:
    """Make sure the person is in the pool, with that password, and return their `sub`: the same at every start."""
    try:
        user = cognito.admin_get_user(UserPoolId=pool, Username=person.email)
        attributes = user["UserAttributes"]
        if any(attribute not in attributes for attribute in person.attributes):
            cognito.admin_update_user_attributes(
                UserPoolId=pool, Username=person.email, UserAttributes=person.attributes
            )
    except cognito.exceptions.UserNotFoundException:
        created = cognito.admin_create_user(
            UserPoolId=pool,
            Username=person.email,
            MessageAction="SUPPRESS",
            UserAttributes=person.attributes,
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
