"""The two users of a local library; their passwords are not secret and are printed at startup."""

from dataclasses import dataclass
from typing import Any

from local.errors import UserError


@dataclass(frozen=True, slots=True)
class User:
    """An account of the local user pool."""

    email: str
    password: str
    phone: str = ""

    @property
    def attributes(self) -> list[dict[str, str]]:
        """Cognito attributes, all verified."""
        values = {"email": self.email, "email_verified": "true"}
        if self.phone:
            values |= {"phone_number": self.phone, "phone_number_verified": "true"}
        return [{"Name": name, "Value": value} for name, value in values.items()]


USERS = {
    # 555-01xx numbers are reserved for fiction, as .example domains are for examples.
    "demo": User("demo@tintype.example", "demo-password", "+12025550123"),
    "second": User("second@tintype.example", "second-password"),
}


def ensure_user(cognito: Any, pool: str, user: User) -> str:
    """Create or update the user in the pool and return their `sub`, which never changes."""
    try:
        attributes = cognito.admin_get_user(UserPoolId=pool, Username=user.email)["UserAttributes"]
        if any(attribute not in attributes for attribute in user.attributes):
            cognito.admin_update_user_attributes(UserPoolId=pool, Username=user.email, UserAttributes=user.attributes)
    except cognito.exceptions.UserNotFoundException:
        created = cognito.admin_create_user(
            UserPoolId=pool,
            Username=user.email,
            MessageAction="SUPPRESS",
            UserAttributes=user.attributes,
        )
        attributes = created["User"]["Attributes"]
        cognito.admin_set_user_password(UserPoolId=pool, Username=user.email, Password=user.password, Permanent=True)
    return next(str(attribute["Value"]) for attribute in attributes if attribute["Name"] == "sub")


def id_token(cognito: Any, pool: str, client_id: str, user_name: str) -> str:
    """A fresh id token of one of the users; raises UserError for an unknown name."""
    user = USERS.get(user_name)
    if user is None:
        raise UserError(f"Unknown user {user_name}; choose {' or '.join(USERS)}.")
    response = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.email, "PASSWORD": user.password},
    )
    return str(response["AuthenticationResult"]["IdToken"])
