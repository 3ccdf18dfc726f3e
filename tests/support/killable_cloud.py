"""Local services that can be killed and started again on the same state, without the rest of a library."""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any

from local import services
from local.data_dir import open_data_dir
from local.processes import Supervisor
from local.provision import ProvisionedStack, provision

PAGE = "http://127.0.0.1:8001/"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Returns redirects to the caller, as errors."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Follow nothing."""


@dataclass
class Cloud:
    """Services that can be killed and started again on the same state."""

    data: Path
    port: int

    def start(self) -> None:
        """Start the services."""
        self.data_dir = open_data_dir(self.data)
        self.supervisor = Supervisor(self.data_dir.logs)
        self.running = services.start_services(self.data_dir, self.port, self.supervisor)

    def provision(self) -> None:
        """Deploy the template and create the users."""
        self.stack: ProvisionedStack = provision(self.running, page_port=8001)

    def kill(self) -> None:
        """Kill -9."""
        for child in self.supervisor.children:
            assert child.process is not None
            child.process.kill()
            child.process.wait()
        self.supervisor.stop()

    def stop(self) -> None:
        """A regular end."""
        self.supervisor.stop()

    def saved(self) -> str:
        """The state on the disk."""
        return "".join(path.read_text() for path in sorted(self.data_dir.state.glob("*.json")))

    def client(self, service: str) -> Any:
        """A client of one service."""
        return self.running.client(service)

    def get(self, path: str) -> bytes:
        """The body of a page."""
        with urllib.request.urlopen(f"{self.running.endpoint}{path}", timeout=10) as response:
            return bytes(response.read())

    def post_form(self, path: str, **fields: str) -> tuple[bytes, str]:
        """The body and the Location of the response to a form."""
        data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(f"{self.running.endpoint}{path}", data)
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=10) as response:
                return response.read(), ""
        except urllib.error.HTTPError as redirect:
            if redirect.code != http.client.FOUND:
                raise
            return b"", redirect.headers["Location"]

    def topic(self) -> str:
        """The ARN of the test's topic."""
        return str(self.client("sns").create_topic(Name="kept-topic")["TopicArn"])

    def page_client(self) -> dict[str, str]:
        """The page's OAuth client."""
        return {"client_id": self.stack.outputs["UserPoolClientId"], "redirect_uri": PAGE}
