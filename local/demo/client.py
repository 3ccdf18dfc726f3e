"""A signed-in client of a running library that uploads by ticket, as the page does, and waits when it is asked to."""

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from local.demo.photos import DemoPhoto
from local.errors import UserError
from local.ports import HOST

TIMEOUT_SECONDS = 60
MAX_ATTEMPTS = 60  # of one request that is answered 429 or 503
MAX_WAIT_SECONDS = 30.0
PAGE_SIZE = 100
BUSY = frozenset({http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE})
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that was read completely; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """The API's error message, if there is one."""
        if self.headers.get("content-type", "").startswith(JSON):
            return str(json.loads(self.body).get("error", "no details"))
        return "no details"


class LibraryClient:
    """Requests of one user; `fetch_token` is called again when a token has expired. Usable by several threads."""

    def __init__(self, port: int, fetch_token: Callable[[], str], sleep: Callable[[float], None] = time.sleep) -> None:
        self._port = port
        self._fetch_token = fetch_token
        self._sleep = sleep
        self._token = fetch_token()

    def upload(self, photo: DemoPhoto) -> str | None:
        """Upload a photo; returns its id, or None if the user has the same bytes already. Raises UserError."""
        ticket = self.ticket(photo)
        if "duplicate_of" in ticket:
            return None
        self.upload_file(ticket, photo)
        return str(ticket["photo_id"])

    def ticket(self, photo: DemoPhoto) -> Any:
        """The API's answer to a request for an upload ticket; raises UserError."""
        metadata = {
            "filename": photo.filename,
            "bytes": len(photo.content),
            "sha256": sha256(photo.content).hexdigest(),
            "label": photo.label,
            "tags": photo.tags,
            "status": "public" if photo.public else "private",
        }
        return self.request("POST", "/uploads", metadata)

    def upload_file(self, ticket: Mapping[str, Any], photo: DemoPhoto) -> None:
        """Send the file of a ticket to the bucket; raises UserError."""
        target = urlsplit(ticket["upload"]["url"])
        body, content_type = multipart(ticket["upload"]["fields"], photo.filename, photo.content)
        headers = {"Content-Type": content_type}
        answer = self._send_patiently(target.port or self._port, "POST", target.path, lambda: headers, body)
        if not answer.is_success:
            raise UserError(f"Upload of {photo.filename} failed with status {answer.status}: {answer.reason}")

    def list_all(self, path: str) -> Iterator[dict[str, Any]]:
        """All items of a list; `path` has a query. Raises UserError."""
        return read_pages(lambda page: self.request("GET", page), path)

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a successful API request; raises UserError for any other."""
        content = json.dumps(body).encode() if body is not None else None

        def headers() -> dict[str, str]:
            return {"Authorization": f"Bearer {self._token}", "Accept": JSON, "Content-Type": JSON}

        answer = self._send_patiently(self._port, method, path, headers, content)
        if answer.status == http.client.UNAUTHORIZED:
            self._token = self._fetch_token()
            answer = self._send_patiently(self._port, method, path, headers, content)
        if not answer.is_success:
            raise UserError(f"{method} {path} failed with status {answer.status}: {answer.reason}")
        return json.loads(answer.body)

    def _send_patiently(
        self, port: int, method: str, path: str, headers: Callable[[], Mapping[str, str]], body: bytes | None
    ) -> Answer:
        """The answer to a request that is sent again, after the time asked for, while the library is busy."""
        for _ in range(MAX_ATTEMPTS):
            answer = _send(port, method, path, headers(), body)
            if answer.status not in BUSY:
                break
            self._sleep(wait_seconds(answer))
        return answer


def read_pages(get: Callable[[str], Any], path: str) -> Iterator[dict[str, Any]]:
    """All items of a list, page by page; `get` returns the JSON of a path, and `path` has a query."""
    cursor = ""
    while True:
        page = get(f"{path}&limit={PAGE_SIZE}{cursor}")
        yield from page["items"]
        if not page["cursor"]:
            return
        cursor = f"&cursor={page['cursor']}"


def wait_seconds(answer: Answer) -> float:
    """The seconds to wait before the next attempt: those of `Retry-After`, at most half a minute; else one."""
    value = answer.headers.get("retry-after", "")
    return min(float(value), MAX_WAIT_SECONDS) if value.isdecimal() else 1.0


def multipart(fields: Mapping[str, str], filename: str, content: bytes) -> tuple[bytes, str]:
    """A form with a file as its last field (RFC 7578), as S3 requires, and its content type."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    disposition = f'Content-Disposition: form-data; name="file"; filename="{filename}"'
    head = f"--{boundary}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
    body = b"".join([*parts, head, content, f"\r\n--{boundary}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={boundary}"


def _send(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise UserError(f"The library on port {port} does not respond ({error}); start it first: make run") from error
    finally:
        connection.close()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)
