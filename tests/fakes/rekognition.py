"""Rekognition on 127.0.0.1: implements the protocol, records requests, and fails on demand."""

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
OWN_LABELS = "DetectCustomLabels"
SEEN = {"Beach": 99.1, "Sea": 97.5, "Palm Tree": 81.25}


def found(operation: str, names: dict[str, float]) -> tuple[int, Any]:
    """A response with these labels, in this order."""
    member = "Labels" if operation == LABELS else "CustomLabels"
    return 200, {member: [{"Name": name, "Confidence": sure} for name, sure in names.items()]}


def refused(code: str, status: int = 400) -> tuple[int, Any]:
    """An error response."""
    return status, {"__type": code, "message": f"This is a {code}."}


SILENCE = (0, None)


@dataclass
class RecordedRequest:
    """One request: the operation, its parameters, and the bytes of the image."""

    operation: str
    parameters: dict[str, Any]

    @property
    def image(self) -> bytes:
        return base64.b64decode(self.parameters["Image"]["Bytes"])

    @property
    def picture(self) -> Image.Image:
        return Image.open(BytesIO(self.image))


@dataclass
class FakeRekognition:
    """Controls the fake service and holds the requests it received."""

    url: str = ""
    asked: list[RecordedRequest] = field(default_factory=list)
    always: dict[str, tuple[int, Any]] = field(default_factory=dict)
    once: dict[str, deque[tuple[int, Any]]] = field(default_factory=lambda: defaultdict(deque))
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.works()

    def works(self) -> None:
        """Return the default labels, and none from the custom model."""
        self.always = {LABELS: found(LABELS, SEEN), OWN_LABELS: found(OWN_LABELS, {})}

    def answers(self, operation: str, answer: tuple[int, Any]) -> None:
        """Return this response from now on."""
        self.always[operation] = answer

    def answers_once(self, operation: str, *answers: tuple[int, Any]) -> None:
        """Return these responses first, one after the other."""
        self.once[operation].extend(answers)

    @property
    def operations(self) -> list[str]:
        return [question.operation for question in self.asked]

    def answer(self, question: RecordedRequest) -> tuple[int, Any]:
        self.asked.append(question)
        waiting = self.once[question.operation]
        return waiting.popleft() if waiting else self.always[question.operation]


@contextmanager
def fake_rekognition() -> Iterator[FakeRekognition]:
    """A running service, stopped at the end of the block."""
    service = FakeRekognition()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].removeprefix("RekognitionService.")
            status, answer = service.answer(RecordedRequest(operation, body))
            if not status:  # no response until the client disconnects
                service.over.wait(10)
                return
            payload = json.dumps(answer).encode()
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
        service.over.set()
        server.shutdown()
        server.server_close()
