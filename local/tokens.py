"""Id tokens of the users of a running library: `make token`."""

from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local import users
from local.data_dir import DataDir
from local.disk_space import is_full_disk_error
from local.errors import UserError
from local.ports import Ports
from local.provision import read_parameter
from local.services import Services


def fetch_token(data: Path, ports: Ports, user_name: str) -> str:
    """A fresh id token; raises UserError if the library of `data` doesn't run there or the user does not exist."""
    services = Services.with_credentials(ports.services, DataDir(data.expanduser()).credentials)
    try:
        ssm = services.client("ssm")
        pool, client_id = read_parameter(ssm, "user-pool-id"), read_parameter(ssm, "user-pool-client-id")
        return users.id_token(services.client("cognito-idp"), pool, client_id, user_name)
    except ClientError as error:
        if is_full_disk_error(error):
            raise UserError(
                f"The disk of {data} is full: a sign-in can't be saved. Free some space and try again."
            ) from error
        raise UserError(
            f"The library on port {ports.api} is not that of {data}; choose its port or folder: PORT=… DATA=…"
        ) from error
    except BotoCoreError as error:
        raise UserError(
            f"No library is running on port {ports.api}; start it first: make run PORT={ports.api}"
        ) from error
