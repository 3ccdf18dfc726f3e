"""The second factor at sign-in, an authenticator app: optional, or required of everybody.

The sign-in page lets nobody set one up while it is optional. CloudFormation can't make it required of an existing user
pool: it calls UpdateUserPool, which refuses that, and resets it when it changes the pool. So it is set after the stack.
"""

from infrastructure.deploy import settings
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target

SETTING = "second-factor"
CONFIGURATIONS = {"required": "ON", "optional": "OPTIONAL"}


def check(choice: str) -> None:
    """Raise UserError if this is not a choice; an empty one keeps the current one."""
    if choice and choice not in CONFIGURATIONS:
        raise UserError(f"Invalid MFA {choice!r}: use MFA=required or MFA=optional.")


def configure(target: Target, pool: str, choice: str) -> None:
    """Store the choice, or read the stored one, and apply it to the user pool if it differs."""
    if choice:
        settings.write(target, SETTING, choice)
    stored = settings.read(target.client("ssm"), target.parameter_name(SETTING))
    configuration = CONFIGURATIONS.get(stored, CONFIGURATIONS["optional"])
    cognito = target.client("cognito-idp")
    if cognito.get_user_pool_mfa_config(UserPoolId=pool).get("MfaConfiguration") != configuration:
        cognito.set_user_pool_mfa_config(
            UserPoolId=pool, MfaConfiguration=configuration, SoftwareTokenMfaConfiguration={"Enabled": True}
        )
