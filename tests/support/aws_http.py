"""AWS as HTTP responses to boto3's requests, so that botocore's parsing, redirects and retries are tested, too."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

ACCOUNT, REGION = "123456789012", "eu-central-1"


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, headers and body of a response."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as AWS receives it: `operation` in CamelCase, `url`, and the decoded `body` of JSON services."""

    service: str
    operation: str
    url: str
    body: Any


type Respond = Callable[[Call], Answer | None]  # None: the request is sent


class _RawBody(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def answer_calls(events: Any, respond: Respond) -> None:
    """Get the responses to a client's calls from `respond`, or to those of all clients that a session will create."""

    def before_send(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        service, operation = event_name.split(".")[1:]
        body: Any = request.body
        if isinstance(body, bytes) and body.startswith(b"{"):
            body = json.loads(body)
        answer = respond(Call(service, operation, request.url, body))
        if answer is None:
            return None
        return AWSResponse(request.url, answer.status, answer.headers, _RawBody(answer.body))

    events.register("before-send", before_send)


def new_session(respond: Respond, region: str = REGION) -> Any:
    """A session with access keys whose clients get their responses from `respond`."""
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=region)
    answer_calls(session.events, respond)
    return session


def json_answer(content: Any) -> Answer:
    """The answer of a service with a JSON protocol."""
    return Answer(body=json.dumps(content).encode(), headers={"Content-Type": "application/x-amz-json-1.1"})


def error_answer(call: Call, code: str, message: str, status: int = 400) -> Answer:
    """An error in the protocol of the called service."""
    if call.operation.startswith("Head"):
        return Answer(status)
    if call.service in ("cloudformation", "iam", "sts", "sns", "cloudfront", "s3"):
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        body = error if call.service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
        return Answer(status, body.encode())
    body = json.dumps({"__type": code, "message": message})
    return Answer(status, body.encode(), {"x-amzn-ErrorType": code})
