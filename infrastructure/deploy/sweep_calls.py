"""Calls of the schedule's function by commands, for work that goes on in slices."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from infrastructure.deploy import release
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target

SWEEP_HANDLER = "sweep"
READ_TIMEOUT_SECONDS = 90  # longer than the function's time limit: botocore would start a second run next to the first


def call(target: Target, source: str, detail_type: str, detail: dict[str, Any], *, task: str) -> dict[str, Any]:
    """Call the function once and return its report; raises UserError, which says that it could not do the `task`."""
    name = release.function_name(target, SWEEP_HANDLER)
    client = target.client("lambda", read_timeout=READ_TIMEOUT_SECONDS)
    response = client.invoke(FunctionName=name, Payload=json.dumps(_event(target, source, detail_type, detail)))
    result = json.loads(response["Payload"].read())
    if "FunctionError" in response or not isinstance(result, dict):
        raise UserError(
            f"The function could not {task} (see /aws/lambda/{name}). "
            f"If it is of an older version, run `make deploy STAGE={target.stage}`; then run this command again."
        )
    return result


def _event(target: Target, source: str, detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    """The request, in the form of the events that the function gets from the schedule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": target.account,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": target.region,
        "resources": [],
        "detail": detail,
    }
