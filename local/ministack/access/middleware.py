"""The middleware: refuses what is not for this library, from its own pages or signed with its key."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from local.hosts import NAMES, host_error
from local.ministack.access import browsers, operations
from local.ministack.access.bodies import checked, content_scope, read_signed_body, read_unsigned_body, replay, sha256
from local.ministack.access.browsers import Kind
from local.ministack.access.requests import request_of
from local.ministack.access.responses import cross_site, not_answered, refuse, refuse_host
from local.ministack.asgi import Asgi, Message, Receive, Scope, Send
from local.signatures import verification
from local.signatures.errors import SignatureError
from local.signatures.payload import payload_of
from local.signatures.signing import Request
from local.signatures.verification import UNSIGNED_PAYLOAD, Signature

END_PROVISIONING = "/_tintype/end-provisioning"


@dataclass
class Access:
    """Which keys are valid, and what each may do."""

    port: int
    region: str
    secrets: Mapping[str, str]  # secret keys by key id
    page_origins: Collection[str] = ()
    # May do everything until provisioning ends, and then nothing; None: every key may do everything, as tests need.
    provisioning_key_id: str | None = None
    restricted: bool = True
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    @property
    def own_origins(self) -> Collection[str]:
        """The origins of this port."""
        return {f"http://{name}:{self.port}" for name in NAMES}

    def end_provisioning(self) -> None:
        """Forget the provisioning key."""
        self.secrets = {key: secret for key, secret in self.secrets.items() if key != self.provisioning_key_id}

    def is_unrestricted(self, signature: Signature) -> bool:
        """Whether the key may do more than the app does."""
        return not self.restricted or signature.key_id == self.provisioning_key_id


def check_access(app: Asgi, access: Access) -> Asgi:
    """The app behind all checks; what reaches it has `scope["tintype.signature"]`, None for forms and public pages."""

    async def checked_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _check(app, access, scope, receive, send)
        elif scope["type"] == "websocket":  # nothing here speaks it
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await app(scope, receive, send)

    return checked_app


async def _check(app: Asgi, access: Access, scope: Scope, receive: Receive, send: Send) -> None:
    request = request_of(scope)
    hosts = [value for name, value in request.headers if name == "host"]
    if scope["http_version"] not in {"1.0", "1.1"}:
        await refuse_host(send, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        return
    if (status := host_error(request.path, hosts, access.port)) is not None:
        await refuse_host(send, status)
        return
    started = False

    async def send_once(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        kind = browsers.kind_of(request)
        if not browsers.is_allowed(request, kind, access.own_origins, access.page_origins):
            raise cross_site()
        if kind.public or _is_for_bucket(access, request, kind):
            scope["tintype.signature"] = None
            if kind is not Kind.FORM_UPLOAD:
                receive = replay(await read_unsigned_body(request, receive), receive)
            await app(scope, receive, send_once)
        else:
            await _check_signed(app, access, request, scope, receive, send_once)
    except SignatureError as error:
        if started:
            raise
        await refuse(send, request, error)


def _is_for_bucket(access: Access, request: Request, kind: Kind) -> bool:
    """Whether S3 itself decides about an unsigned request: a form by its policy, a preflight by the bucket's CORS."""
    match kind:
        case Kind.PREFLIGHT:
            return operations.is_bucket_path(request, restricted=access.restricted)
        case Kind.FORM_UPLOAD if not request.query_string:
            return operations.is_bucket_path(request, key=False, restricted=access.restricted)
        case _:
            return False


async def _check_signed(
    app: Asgi, access: Access, request: Request, scope: Scope, receive: Receive, send: Send
) -> None:
    signature = verification.parse(request)
    if signature.scope.region != access.region:
        raise SignatureError("AuthorizationHeaderMalformed", f"The region is wrong; expecting '{access.region}'.")
    service = signature.scope.service
    if service == "s3":
        declared = _declared_payload(request, signature)
        verification.verify(request, signature, access.secrets, access.now(), payload_hash=declared)
        _check_operation(access, request, signature, b"")
        payload = payload_of(declared, signature, access.secrets[signature.key_id])
        scope, length = content_scope(scope, declared)
        trailers: dict[str, str] = {}
        scope.update({"tintype.signature": signature, "tintype.trailers": trailers})
        await app(scope, checked(receive, payload, length, trailers), send)
        return
    if signature.presigned:
        raise SignatureError("AccessDenied", "Only S3 has presigned requests here.")
    verification.verify_claims(request, signature, access.secrets, access.now())
    secret = access.secrets[signature.key_id]
    body = await read_signed_body(request, receive, service)
    verification.verify_value(request, signature, secret, sha256(body))
    if request.path == END_PROVISIONING and signature.key_id == access.provisioning_key_id:
        access.end_provisioning()
        await send({"type": "http.response.start", "status": HTTPStatus.NO_CONTENT, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    _check_operation(access, request, signature, body)
    scope["tintype.signature"] = signature
    await app(scope, replay(body, receive), send)


def _declared_payload(request: Request, signature: Signature) -> str:
    """What the signature says about the body."""
    declared = request.header("x-amz-content-sha256")
    if signature.presigned:
        return declared if declared and "x-amz-content-sha256" in signature.signed_headers else UNSIGNED_PAYLOAD
    if not declared:
        raise SignatureError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    return declared


def _check_operation(access: Access, request: Request, signature: Signature, body: bytes) -> None:
    """Raise SignatureError unless the key may do this."""
    if access.is_unrestricted(signature):
        return
    service = signature.scope.service
    if not operations.is_allowed(service, operations.operation_of(request, service, body)):
        raise not_answered()
