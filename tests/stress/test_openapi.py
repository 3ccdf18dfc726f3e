"""Requests generated from the OpenAPI document: no server error and no undocumented response."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.library import run_library
from local.ports import Ports, free_ports
from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image
from tests.support.multipart import file_form

MIN_REQUESTS = 2_000
# The schema allows some invalid requests (cursors are signed, tags measured in NFKC), so acceptance is not checked.
# A deleted photo stays visible to its owner in the trash, so use after free is not checked. API Gateway and the local
# server reject TRACE and QUERY.
CONFIG = """
seed = 17
continue-on-failure = true
max-redirects = 0
request-timeout = 60

[generation]
max-examples = {examples}

[phases.coverage]
unexpected-methods = ["GET", "PUT", "POST", "DELETE", "PATCH"]

[checks.positive_data_acceptance]
enabled = false

[checks.use_after_free]
enabled = false

[dictionaries.photos]
values = {photos}

[dictionaries.albums]
values = {albums}

[parameters]
"path.photo_id" = {{ dictionary = "photos", probability = 0.5 }}
"path.album_id" = {{ dictionary = "albums", probability = 0.5 }}
"""

pytestmark = pytest.mark.proof


@dataclass(frozen=True)
class SchemathesisReport:
    """Schemathesis's report and output, and the errors that the API logged."""

    report: Any
    output: str
    errors: list[str]

    @property
    def requests(self) -> int:
        """The number of requests checked."""
        cases = self.report["test_cases"]
        return int(cases["generated"] - cases["without_checks"])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The owner of a library with three photos of a beach, one of them private, and two albums."""
    with run_library(tmp_path_factory.mktemp("library"), Ports(*free_ports(3))) as library:
        client = Client(library, library.token())
        for number, status in enumerate(["public", "public", "private"]):
            fields = {"label": "beach", "status": status}
            body, kind = file_form(fields, "img", f"{number}.jpg", encode_image(size=(300 + number, 200)))
            client.request("POST", "/upload", body, kind)
        client.wait_until_processed({f"{number}.jpg" for number in range(3)})
        for title in ("Lisbon", "Porto"):
            client.request("POST", "/albums", json.dumps({"title": title}).encode(), "application/json")
        yield client


def run_schemathesis(client: Client, folder: Path, *, examples: int, signed_in: bool) -> SchemathesisReport:
    """Test every route with generated requests."""
    photos = [photo["photo_id"] for photo in client.list_all("/photos?scope=mine")]
    albums = [album["album_id"] for album in client.list_all("/albums?scope=mine")]
    config, report = folder / "schemathesis.toml", folder / "report.json"
    config.write_text(CONFIG.format(examples=examples, photos=json.dumps(photos), albums=json.dumps(albums)))
    process = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "schemathesis.cli",
                "--config-file",
                str(config),
                "run",
                f"{client.library.api_url}/openapi.json",
            ),
            *("--report", "json", "--report-json-path", str(report)),
            *(("-H", f"Authorization: Bearer {client.token}") if signed_in else ()),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), process.stdout + process.stderr
    logged = (client.library.data_dir.logs / "api.log").read_text().splitlines()
    errors = [line for line in logged if '"level":"ERROR"' in line or line.startswith("Traceback")]
    return SchemathesisReport(json.loads(report.read_text()), process.stdout, errors)


def test_every_response_is_documented(client: Client, tmp_path: Path) -> None:
    made = 0
    for signed_in, examples in ((False, 10), (True, 40)):
        folder = tmp_path / ("signed in" if signed_in else "anonymous")
        folder.mkdir()
        result = run_schemathesis(client, folder, examples=examples, signed_in=signed_in)
        assert result.report["exit_code"] == 0, result.output
        assert result.report["complete"], result.output
        operations = result.report["operations"]
        assert operations["tested"] == operations["total"], result.output
        assert result.errors == []
        made += result.requests
    assert made >= MIN_REQUESTS
