"""A fake Rekognition on 127.0.0.1 that speaks its protocol, records requests and fails on demand."""

import base64
import json
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

from PIL import Image

LABELS = "DetectLabels"
CUSTOM_LABELS = "DetectCustomLabels"
DEFAULT_LABELS = {"Beach": 99.1, "Sea": 97.5, "Palm Tree": 81.25}


def labels_response(operation: str, names: dict[str, float]) -> tuple[int, Any]:
    """A response with these labels and their confidence."""
    member = "Labels" if operation == LABELS else "CustomLabels"
    return 200, {member: [{"Name": name, "Confidence": confidence} for name, confidence in names.items()]}


def error_response(code: str, status: int = 400) -> tuple[int, Any]:
    """An error response."""
    return status, {"__type": code, "message": f"This is a {code}."}


NO_RESPONSE = (0, None)


@dataclass
class RecordedRequest:
    """A request: its operation and parameters."""

    operation: str
    parameters: dict[str, Any]

    @property
    def image_bytes(self) -> bytes:
        return base64.b64decode(self.parameters["Image"]["Bytes"])

    @property
    def image(self) -> Image.Image:
        return Image.open(BytesIO(self.image_bytes))


@dataclass
class FakeRekognition:
    """Configures the responses and records the requests."""

    url: str = ""
    requests: list[RecordedRequest] = field(default_factory=list)
    responses: dict[str, tuple[int, Any]] = field(default_factory=dict)
    queued_responses: dict[str, deque[tuple[int, Any]]] = field(default_factory=lambda: defaultdict(deque))
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Return the default labels and no custom labels."""
        self.responses = {
            LABELS: labels_response(LABELS, DEFAULT_LABELS),
            CUSTOM_LABELS: labels_response(CUSTOM_LABELS, {}),
        }

    def respond_with(self, operation: str, response: tuple[int, Any]) -> None:
        """Return this response from now on."""
        self.responses[operation] = response

    def respond_once_with(self, operation: str, *responses: tuple[int, Any]) -> None:
        """Return these responses first, one per request."""
        self.queued_responses[operation].extend(responses)

    @property
    def operations(self) -> list[str]:
        return [request.operation for request in self.requests]

    def handle_request(self, request: RecordedRequest) -> tuple[int, Any]:
        self.requests.append(request)
        queued = self.queued_responses[request.operation]
        return queued.popleft() if queued else self.responses[request.operation]


@contextmanager
def fake_rekognition() -> Iterator[FakeRekognition]:
    """A running service, stopped at the end of the block."""
    service = FakeRekognition()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].removeprefix("RekognitionService.")
            status, response = service.handle_request(RecordedRequest(operation, body))
            if not status:  # no response until the client disconnects
                service.stopped.wait(10)
                return
            payload = json.dumps(response).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Does not log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.stopped.set()
        server.shutdown()
        server.server_close()
