"""Takes requests to moto on a shorter way to the same responses.

Those for DynamoDB go to its handler at once. On the way through HTTP, which takes a third of a small request's time, a
URL is compared with those of all backends, a WSGI request is made of it, its body is searched for fields of a form, and
its headers for an account. Requests for S3 go that way, but their URL is compared with that of S3 first.

Moto checks no signature, and nothing reads the user agent: computing them anew takes a sixth of a request's time.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.model import OperationModel
from botocore.useragent import UserAgentString
from moto import backend_index
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.parse import JSONParser
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler
from werkzeug.http import http_date

DYNAMODB_URL = re.compile(r"https://dynamodb\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/")
AWS_URL = re.compile(r"https://[a-z0-9.-]+\.amazonaws\.com/")  # pytest-socket lets no request through to AWS
through_http = BotocoreStubber.process_request  # moto's own way
TIMESTAMP = "20261127T000000Z"
TARGET = "DynamoDB_20120810."


@cache
def apply() -> None:
    """Patch moto and botocore for this process; calling it again changes nothing."""
    BotocoreStubber.process_request = _to_handler(through_http)
    SigV4Auth.add_auth = _without_signature(SigV4Auth.add_auth)
    UserAgentString.to_string = _computed_once(UserAgentString.to_string)
    backend_index.backend_url_patterns.sort(key=lambda pattern: pattern[0] != "s3")


def _to_handler(process: Callable[..., Any]) -> Callable[..., Any]:
    def processed(self: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        if not (found := DYNAMODB_URL.fullmatch(request.url)):
            return process(self, request)
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).removeprefix(TARGET)
        return _handler(found["region"], operation, request.body).call_action()

    return processed


def _handler(region: str, operation: str, body: bytes) -> DynamoHandler:
    """The handler of a request, with all that it reads of it."""
    handler = DynamoHandler()
    handler.region, handler.current_account = region, DEFAULT_ACCOUNT_ID
    handler.headers = {"x-amz-target": TARGET + operation, "Content-Type": "application/x-amz-json-1.0"}
    handler.querystring = {}
    handler.response_headers = {"server": "amazon.com", "date": http_date()}
    handler.params = JSONParser(_operation(operation)).parse({"body": body})
    return handler


@cache
def _operation(name: str) -> OperationModel:
    return get_service_model("dynamodb").operation_model(name)


def _without_signature(add_auth: Callable[..., None]) -> Callable[..., None]:
    """Name the access key, which moto reads, without a signature; raises NoCredentialsError as botocore does."""

    def signed(self: SigV4Auth, request: AWSRequest) -> None:
        in_header = type(self) in {SigV4Auth, S3SigV4Auth}  # others sign URLs
        if not in_header or self.credentials is None or not AWS_URL.match(request.url):
            return add_auth(self, request)
        del request.headers["Authorization"]  # that of an attempt before
        request.context["timestamp"] = TIMESTAMP
        self._modify_request_before_signing(request)  # names the encoding of the body
        scope = f"{self.credentials.access_key}/{self.credential_scope(request)}"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        return None

    return signed


def _computed_once(to_string: Callable[[UserAgentString], str]) -> Callable[[UserAgentString], str]:
    """The user agent of a client, without the features that a request uses."""
    found: WeakKeyDictionary[UserAgentString, str] = WeakKeyDictionary()

    def computed(self: UserAgentString) -> str:
        if self not in found:
            found[self] = to_string(self)
        return found[self]

    return computed
