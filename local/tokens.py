"""Id tokens of the users of a running library: `make token`."""

from botocore.exceptions import BotoCoreError, ClientError

from local import users
from local.errors import UserError
from local.ports import Ports
from local.provision import read_parameter
from local.services import Services


def fetch_token(ports: Ports, user_name: str) -> str:
    """A fresh id token; raises UserError if no library runs there or the user does not exist."""
    services = Services(ports.services)
    try:
        ssm = services.client("ssm")
        pool, client_id = read_parameter(ssm, "user-pool-id"), read_parameter(ssm, "user-pool-client-id")
        return users.id_token(services.client("cognito-idp"), pool, client_id, user_name)
    except (BotoCoreError, ClientError) as error:
        raise UserError(f"No library is running on port {ports.api}; start it first: make run") from error
