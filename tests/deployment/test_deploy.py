"""A real `chalice deploy` to the local cloud, and then only HTTP and S3, as from outside.

The cloud enforces each function's own policy here: a permission that is missing shows.
"""

import http.client
import io
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local import people, services
from local.ports import HOST, free
from local.provision import STAGE, Provisioned, provision
from local.pump import scheduled_event
from tests.pixels import picture

PROJECT = Path(__file__).parents[2]
SHIPPED = ("app.py", "requirements.txt", "chalicelib", ".chalice")
DEPLOYED_AS = "rehearsal"
PATIENCE_SECONDS = 60
LARGEST_PACKAGE = 25_000_000
SETTINGS_OF_A_LIBRARY = "arn:aws:ssm:*:*:parameter/tintype/*"

pytestmark = pytest.mark.deployment


@dataclass
class Deployed:
    """The app as it runs in the cloud's own functions, behind its gateway."""

    cloud: Provisioned
    project: Path
    api_id: str

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of one GET through the gateway, by nobody."""
        return self.call("GET", path)

    def call(self, method: str, path: str, *, token: str | None = None, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of one call through the gateway."""
        headers = {"Accept": "*/*"} | ({"Authorization": f"Bearer {token}"} if token else {})
        status, _, answer = self.answer(method, path, headers, json.dumps(body) if body is not None else None)
        return status, json.loads(answer or "null")

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and bytes of one call through the gateway, sent with these headers and no others."""
        connection = http.client.HTTPConnection(HOST, self.cloud.services.port, timeout=60)
        host = f"{self.api_id}.execute-api.localhost:{self.cloud.services.port}"
        with closing(connection):
            connection.request(method, f"/api{path}", body=body, headers={"Host": host, **headers})
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()

    @property
    def token(self) -> str:
        """An id token of the library's owner."""
        outputs = self.cloud.outputs
        cognito = self.cloud.client("cognito-idp")
        return people.id_token(cognito, outputs["UserPoolId"], outputs["UserPoolClientId"], "demo")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The project as a checkout holds it, deployed by its own tool."""
    project = tmp_path_factory.mktemp("deployment") / "tintype"
    for name in SHIPPED:
        source, target = PROJECT / name, project / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "deployed", "deployments"))
        else:
            project.mkdir(exist_ok=True)
            shutil.copy(source, target)
    with services.running(tmp_path_factory.mktemp("cloud"), extra={"AUTH": "true"}) as running:
        cloud = provision(running, page=free()[0])
        _let_plain_http_in(cloud)
        told = {"ORIGINALS_BUCKET": cloud.outputs["OriginalsBucket"], "BUNDLES_QUEUE": cloud.outputs["BundlesQueue"]}
        _stage(project, {f"TINTYPE_{name}": value for name, value in (told | {"STAGE": STAGE}).items()})
        ran = subprocess.run(  # noqa: S603 - our own tool, our own project
            [str(Path(sys.executable).with_name("chalice")), "deploy", "--stage", DEPLOYED_AS],
            cwd=project,
            env={**os.environ, **running.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        record = json.loads((project / ".chalice" / "deployed" / f"{DEPLOYED_AS}.json").read_text())
        (api,) = [made for made in record["resources"] if made["resource_type"] == "rest_api"]
        yield Deployed(cloud, project, api["rest_api_id"])


def test_the_deployed_api_is_healthy(deployed: Deployed) -> None:
    assert deployed.get("/health") == (200, {"status": "ok", "stage": STAGE})


def test_an_object_put_into_the_bucket_is_ingested_by_the_deployed_function(deployed: Deployed) -> None:
    deployed.cloud.client("s3").put_object(
        Bucket=deployed.cloud.outputs["OriginalsBucket"],
        Key="2024/sea side.jpg",
        Body=picture(size=(400, 300)),
        Metadata={"tags": "beach", "status": "public"},
    )
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        status, body = deployed.get("/gallery/articles?tag=beach")
        assert status == 200, body
        if body["items"]:
            break
        time.sleep(0.3)
    (shown,) = body["items"]
    assert (shown["filename"], shown["state"], shown["width"]) == ("sea side.jpg", "ready", 400)
    assert shown["placeholder"]


@pytest.mark.parametrize("accept", ["*/*", "image/avif,image/webp,image/*,*/*;q=0.8"])
def test_a_random_picture_comes_through_the_deployed_api(deployed: Deployed, accept: str) -> None:
    status, headers, image = deployed.answer("GET", "/random?label=beach", {"Accept": accept})
    assert (status, headers["Content-Type"]) == (200, "image/jpeg"), image
    assert image.startswith(b"\xff\xd8")
    assert headers["X-Selection-Probability"] == "1.0"
    (shown,) = deployed.get("/gallery/articles?tag=beach")[1]["items"]
    assert headers["X-Photo-Id"] == shown["photo_id"]


def test_photos_are_taken_away_through_the_deployed_api(deployed: Deployed) -> None:
    asked = deployed.call("POST", "/me/notifications", token=deployed.token, body={"channel": "email"})
    assert asked[0] == 200, asked
    body = {"tags": ["beach"], "notify": True}
    status, ordered = deployed.call("POST", "/bundles", token=deployed.token, body=body)
    assert status == 202, ordered
    assert ordered["photos"] == 1
    path = f"/bundles/{ordered['bundle_id']}"
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        status, bundle = deployed.call("GET", path, token=deployed.token)
        if bundle["state"] in {"ready", "failed"}:
            break
        time.sleep(0.3)
    assert (bundle["state"], bundle["skipped"]) == ("ready", [])
    link = bundle["volumes"][0]["url"].partition("/d/")[2]
    status, headers, _ = deployed.answer("GET", f"/d/{link}", {"Accept": "*/*"})
    assert status == 302
    with urllib.request.urlopen(headers["Location"]) as answer:  # noqa: S310
        built = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert built.namelist() == ["sea side.jpg"]
    assert built.testzip() is None
    assert deployed.call("DELETE", path, token=deployed.token) == (204, None)


def test_a_photo_deleted_for_ever_through_the_deployed_api_leaves_nothing_behind(deployed: Deployed) -> None:
    (shown,) = deployed.get("/gallery/articles?tag=beach")[1]["items"]
    path = f"/photos/{shown['photo_id']}"
    assert deployed.call("DELETE", path, token=deployed.token) == (204, None)
    assert deployed.call("POST", f"{path}/restore", token=deployed.token)[0] == 200
    assert deployed.call("DELETE", f"{path}?permanent=true", token=deployed.token) == (204, None)
    assert deployed.get(path)[0] == 404
    s3, outputs = deployed.cloud.client("s3"), deployed.cloud.outputs
    assert "Versions" not in s3.list_object_versions(Bucket=outputs["OriginalsBucket"])
    assert "Contents" not in s3.list_objects_v2(Bucket=outputs["DerivativesBucket"])


def test_a_key_is_made_used_and_revoked_through_the_deployed_api(deployed: Deployed) -> None:
    wanted = {"name": "rehearsal", "can": ["read"]}
    status, key = deployed.call("POST", "/keys", token=deployed.token, body=wanted)
    assert status == 201, key
    assert deployed.call("GET", "/photos", token=key["key"])[0] == 200
    (listed,) = deployed.call("GET", "/keys", token=deployed.token)[1]["items"]
    assert (listed["key_id"], listed["name"]) == (key["key_id"], "rehearsal")
    assert listed["last_used"]
    assert deployed.call("DELETE", f"/keys/{key['key_id']}", token=deployed.token) == (204, None)
    assert deployed.call("GET", "/photos", token=key["key"])[0] == 401


def test_somebody_subscribes_and_ends_it_through_the_deployed_api(deployed: Deployed) -> None:
    path = "/me/notifications"
    for _ in range(2):
        status, body = deployed.call("POST", path, token=deployed.token, body={"channel": "email"})
        assert (status, [each["state"] for each in body["subscriptions"]]) == (200, ["pending"]), body
    assert deployed.call("DELETE", path, token=deployed.token) == (204, None)
    assert deployed.call("GET", path, token=deployed.token) == (
        200,
        {"subscriptions": [], "channels": ["email", "sms"]},
    )


def test_the_deployed_sweep_may_do_all_it_does(deployed: Deployed) -> None:
    event = json.dumps(scheduled_event("sweep"))
    answer = deployed.cloud.client("lambda").invoke(FunctionName=f"tintype-{DEPLOYED_AS}-sweep", Payload=event)
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_the_package_holds_what_ships_and_stays_small(deployed: Deployed) -> None:
    (package,) = (deployed.project / ".chalice" / "deployments").glob("*.zip")
    assert package.stat().st_size < LARGEST_PACKAGE


def _stage(project: Path, environment: dict[str, str]) -> None:
    path = project / ".chalice" / "config.json"
    config = json.loads(path.read_text())
    config["stages"] = {DEPLOYED_AS: {"environment_variables": environment}}
    path.write_text(json.dumps(config))
    for policy in path.parent.glob("policy-*.json"):  # the local cloud asks for this one call on every resource
        text = policy.read_text()
        assert SETTINGS_OF_A_LIBRARY in text
        policy.write_text(text.replace(SETTINGS_OF_A_LIBRARY, "*"))


def _let_plain_http_in(cloud: Provisioned) -> None:
    """There is no TLS on this machine, which the buckets' own policies insist on."""
    s3 = cloud.client("s3")
    for name in ("OriginalsBucket", "DerivativesBucket", "BundlesBucket"):
        s3.delete_bucket_policy(Bucket=cloud.outputs[name])
