import asyncio
from typing import Any
from xml.etree import ElementTree

import pytest

from local.ministack.asgi import Message, Receive, Scope, Send
from local.ministack.state_saving import StateSaver, may_change_state, save_before_response
from tests.support.event_loop import run_coroutine

S3_SIGNATURE = "AWS4-HMAC-SHA256 Credential=key/20261126/us-east-1/s3/aws4_request"


def scope(method: str, path: str, query: str = "", **headers: str) -> Scope:
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": encoded}


@pytest.mark.parametrize(
    "request_scope",
    [
        scope("GET", "/tintype-local-originals/a.jpg"),
        scope("GET", "/pool/.well-known/jwks.json"),
        scope("HEAD", "/tintype-local-originals"),
        scope("PUT", "/tintype-local-originals/a.jpg", authorization=S3_SIGNATURE),
        scope("PUT", "/originals/a.jpg", "X-Amz-Credential=key%2F20261126%2Fus-east-1%2Fs3%2Faws4_request"),
        scope("POST", "/originals/a.jpg", "uploads", authorization=S3_SIGNATURE),
        scope("DELETE", "/originals/a.jpg", authorization=S3_SIGNATURE),
        scope("POST", "/originals", "delete", authorization=S3_SIGNATURE),
        scope("POST", "/originals", content_type="multipart/form-data; boundary=x"),
        *(
            scope("POST", "/", x_amz_target=target)
            for target in (
                "DynamoDB_20120810.TransactWriteItems",
                "DynamoDB_20120810.Query",
                "AmazonSQS.SendMessage",
                "AmazonSQS.ReceiveMessage",
                "AmazonSSM.GetParameter",
                "AWSCognitoIdentityProviderService.AdminGetUser",
            )
        ),
        {"type": "lifespan"},
    ],
)
def test_request_for_data_or_read_costs_nothing(request_scope: Scope) -> None:
    assert not may_change_state(request_scope)


@pytest.mark.parametrize(
    "request_scope",
    [
        scope("POST", "/"),  # SNS and CloudFormation name the operation in the body
        scope("PUT", "/originals", authorization=S3_SIGNATURE),
        scope("PUT", "/originals", "notification", authorization=S3_SIGNATURE),
        scope("DELETE", "/originals", authorization=S3_SIGNATURE),
        scope("POST", "/oauth2/token"),
        scope("GET", "/oauth2/authorize"),
        scope("POST", "/login"),
        scope("GET", "/confirmation.html"),
        scope("PUT", "/v2/email/identities/a", authorization=S3_SIGNATURE.replace("s3", "ses")),
        *(
            scope("POST", "/", x_amz_target=target)
            for target in (
                "DynamoDB_20120810.CreateTable",
                "DynamoDB_20120810.UpdateTimeToLive",
                "AmazonSQS.CreateQueue",
                "AmazonSSM.PutParameter",
                "AWSCognitoIdentityProviderService.AdminInitiateAuth",
                "Unknown.Operation",
            )
        ),
    ],
)
def test_any_other_request_may_change_state(request_scope: Scope) -> None:
    assert may_change_state(request_scope)


class MemoryFile:
    """A state file that records its payloads."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []
        self.error: OSError | None = None

    def write(self, payload: bytes) -> None:
        """Record the payload, or raise the error."""
        if self.error:
            raise self.error
        self.payloads.append(payload)


class Exchange:
    """Requests to an app that counts, with what was sent and what was saved at that moment."""

    def __init__(self) -> None:
        self.count = 0
        self.file = MemoryFile()
        self.incomplete = False
        files: Any = {self.file: lambda: str(self.count).encode()}
        self.saver = StateSaver(files, lambda: self.incomplete)
        self.sent: list[tuple[Any, list[bytes]]] = []

    def request(self, *scopes: Scope) -> list[tuple[Any, list[bytes]]]:
        """Send requests at the same time; returns status or body of each message, and the payloads saved before it."""

        async def app(request_scope: Scope, receive: Receive, send: Send) -> None:
            self.count += 1
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"done"})

        async def send(message: Message) -> None:
            self.sent.append((message.get("status") or message["body"], list(self.file.payloads)))

        async def receive() -> Message:
            return {"type": "http.request"}

        async def all_at_once() -> None:
            saving = save_before_response(app, self.saver)
            await asyncio.gather(*(saving(each, receive, send) for each in scopes))

        run_coroutine(all_at_once)
        return self.sent


CHANGE = scope("POST", "/", x_amz_target="AmazonSSM.PutParameter")
READ = scope("POST", "/", x_amz_target="AmazonSSM.GetParameter")


def test_change_is_saved_before_the_response() -> None:
    assert Exchange().request(CHANGE) == [(200, [b"1"]), (b"done", [b"1"])]


def test_read_saves_nothing() -> None:
    assert Exchange().request(READ) == [(200, []), (b"done", [])]


def test_unchanged_state_is_not_written_again() -> None:
    exchange = Exchange()
    exchange.request(CHANGE)
    exchange.count -= 1
    exchange.request(CHANGE)
    assert exchange.file.payloads == [b"1"]


def test_concurrent_requests_share_a_save() -> None:
    exchange = Exchange()
    sent = exchange.request(*[CHANGE] * 20)
    assert all(saved for _, saved in sent)
    assert exchange.file.payloads[-1] == b"20"
    assert len(exchange.file.payloads) <= 2


def test_unfinished_change_of_a_stack_is_not_saved() -> None:
    exchange = Exchange()
    exchange.incomplete = True
    assert exchange.request(CHANGE)[0] == (200, [])
    exchange.incomplete = False
    assert exchange.request(CHANGE)[-1] == (b"done", [b"2"])


def test_change_that_cannot_be_saved_is_507_and_saved_later() -> None:
    exchange = Exchange()
    exchange.file.error = OSError(28, "No space left on device")
    (status, _), (body, _) = exchange.request(CHANGE)
    assert status == 507
    assert b"InsufficientStorage" in body
    exchange.file.error = None
    assert exchange.request(CHANGE)[-1] == (b"done", [b"2"])


def test_service_of_the_query_protocol_refuses_in_xml() -> None:
    exchange = Exchange()
    exchange.file.error = OSError(28, "No space left on device")
    (status, _), (body, _) = exchange.request(scope("POST", "/", content_type="application/x-www-form-urlencoded"))
    assert status == 507
    error = ElementTree.fromstring(body).find("Error")  # noqa: S314 (our own answer)
    assert error is not None
    assert error.findtext("Code") == "InsufficientStorage"
