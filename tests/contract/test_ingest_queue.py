"""The queue of the ingest function: the call as Lambda's API documents it, and the event as the function reads it."""

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from chalicelib import handlers
from chalicelib.aws.functions import LambdaIngestQueue
from chalicelib.errors import Unavailable
from chalicelib.ingest.decisions import Action
from chalicelib.ingest.ingest import ReconcileResult
from chalicelib.library.photo import State

KEYS = ["trip/a b+c%41.jpg", "Ünïcode/猫.jpg", "uploads/" + "é" * 400]
CONTEXT = SimpleNamespace(aws_request_id="r1")


@pytest.fixture
def client() -> Any:
    return boto3.client("lambda", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.mark.parametrize("key", KEYS)
def test_function_reconciles_the_key_that_was_sent(key: str, client: Any) -> None:
    payloads: list[bytes] = []
    client.meta.events.register(
        "before-parameter-build.lambda.Invoke", lambda params, **_: payloads.append(params["Payload"])
    )
    with Stubber(client) as stubber:
        expected = {"FunctionName": "ingest", "InvocationType": "Event", "Payload": ANY}
        stubber.add_response("invoke", {"StatusCode": 202}, expected)
        LambdaIngestQueue(client, "ingest", "originals").send(key)
        stubber.assert_no_pending_responses()
    (payload,) = payloads
    reconciled: list[tuple[str, Any]] = []

    def reconcile(key: str, event: Any) -> ReconcileResult:
        reconciled.append((key, event))
        return ReconcileResult("p1", Action.PROCESS, State.READY)

    container: Any = SimpleNamespace(ingest=SimpleNamespace(reconcile=reconcile))
    handlers.handle_s3_event(json.loads(payload), CONTEXT, container=container)
    assert reconciled == [(key, {"bucket": "originals", "key": key})]


def test_throttled_call_is_unavailable(client: Any) -> None:
    with Stubber(client) as stubber:
        stubber.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
        with pytest.raises(Unavailable):
            LambdaIngestQueue(client, "ingest", "originals").send("a.jpg")
