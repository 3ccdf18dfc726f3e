"""Id tokens for a running library's two people: `make token`."""

from botocore.exceptions import BotoCoreError, ClientError

from local import users
from local.errors import Problem
from local.ports import Ports
from local.provision import parameter
from local.services import Services


def token(ports: Ports, who: str) -> str:
    """A fresh id token; raises Problem where no library runs or nobody has that name."""
    services = Services(ports.services)
    try:
        ssm = services.client("ssm")
        pool, client_id = parameter(ssm, "user-pool-id"), parameter(ssm, "user-pool-client-id")
        return users.id_token(services.client("cognito-idp"), pool, client_id, who)
    except (BotoCoreError, ClientError) as error:
        raise Problem(f"No library answers at port {ports.api}; start it first: make run") from error
