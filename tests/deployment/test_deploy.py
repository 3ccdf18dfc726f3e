"""`make deploy` to the local services, tested through HTTP and S3 only.

The services enforce the IAM policies of the functions, so a missing permission makes a test fail.
"""

import csv
import io
import json
import re
import socket
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random, random
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from chalicelib import images
from chalicelib.accounts.identity import owner_id
from chalicelib.aws.cloudfront import CloudFrontUrls
from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
from chalicelib.aws.dynamodb.transaction import Tables
from chalicelib.labels.labeler import PhotoMetadata
from chalicelib.labels.vision import VisionLabeler
from chalicelib.library.photo import Photo
from infrastructure.deploy import (
    access_logs,
    chalice_state,
    deployment,
    gateway,
    layers,
    package_size,
    page,
    release,
    settings,
    users,
)
from infrastructure.deploy.deployment import STEPS, TEMPLATE
from infrastructure.deploy.domain import Domain
from infrastructure.deploy.errors import UserError
from local.demo import drawing
from local.events.scheduler import scheduled_event
from local.ports import HOST
from tests.deployment.rehearsal import (
    EMAIL,
    STAGE,
    TIMEOUT_SECONDS,
    Rehearsal,
    interrupt_after_each_step,
    rehearsal_target,
    run_cloud,
)
from tests.fakes import cloudfront
from tests.support import multipart
from tests.support.images import camera_files
from tests.support.images.tiny import encode_image
from tintype_cli.commands import main

MAX_PACKAGE_BYTES = 25_000_000
MAX_UNZIPPED_BYTES = 200_000_000  # of the package and the layer; Lambda allows 262,144,000
DOG = camera_files.FOLDER / "objects" / "beagle.jpg"
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d"
RUNTIME = f"{sys.version_info.major}{sys.version_info.minor}"

pytestmark = pytest.mark.deployment


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The deployed project: interrupted after each step, then completed by the command."""
    with run_cloud(tmp_path_factory.mktemp("cloud"), AUTH="true") as cloud_services:
        rehearsal = Rehearsal(cloud_services, rehearsal_target(tmp_path_factory.mktemp("builds")))
        interrupt_after_each_step(rehearsal)
        result = rehearsal.command("deploy", "--email", EMAIL, "--yes", "1")
        assert result.returncode == 0, result.stdout + result.stderr
        _allow_local_access(rehearsal)
        yield rehearsal


@pytest.fixture(autouse=True)
def no_function_errors(deployed: Rehearsal) -> Iterator[None]:
    """After each test, fail with the errors in the functions' logs, if any."""
    yield
    errors = deployed.new_errors()
    assert not errors, "\n".join(errors)


def test_health(deployed: Rehearsal) -> None:
    status, body = deployed.get_json("/health")
    assert (status, body) == (200, {"status": "ok", "stage": STAGE, "labels": {"status": "ok"}}), body


def test_deployment_waited_for_aws_and_repeated_throttled_calls(deployed: Rehearsal) -> None:
    assert deployed.faults
    assert deployed.faults.throttled > 20
    assert deployed.faults.seen_creating == 4  # every five seconds


def test_refused_cloudfront_leaves_a_library_without_a_page(deployed: Rehearsal) -> None:
    assert deployed.refusal.startswith(
        f"Stack {deployed.target.cdn_stack_name} could not be deployed: PageDistribution: Access denied for operation"
    )
    assert deployed.refusal.endswith("contact AWS support; until then, deploy with CDN=no.")
    assert deployed.without_page == {
        "stack": "",
        "api-url": f"https://{deployed.deployment.api_id}.execute-api.{deployed.target.region}.amazonaws.com/api",
        "owner": settings.read(deployed.client("ssm"), deployed.target.parameter_name("library-owner")),
    }


def test_object_in_bucket_is_ingested(deployed: Rehearsal) -> None:
    deployed.client("s3").put_object(
        Bucket=deployed.outputs["OriginalsBucket"],
        Key="2024/sea side.jpg",
        Body=encode_image(size=(400, 300)),
        Metadata={"tags": "beach", "status": "public"},
    )
    (photo,) = deployed.wait_for_photos("/gallery/articles?tag=beach")
    assert (photo["filename"], photo["state"], photo["width"]) == ("sea side.jpg", "ready", 400)
    assert photo["placeholder"]


@pytest.mark.parametrize("order", ["count", "heat"])
def test_trending(deployed: Rehearsal, order: str) -> None:
    status, body = deployed.get_json(f"/gallery/trending?order={order}")
    assert status == 200, body
    assert "Beach" in {tag["tag_name"] for tag in body["items"]}


def test_upload_ticket(deployed: Rehearsal) -> None:
    metadata = {"filename": "hill.jpg", "tags": ["hill"], "status": "private"}
    status, ticket = deployed.request_json("POST", "/uploads", token=deployed.token, body=metadata)
    assert status == 201, ticket
    fields = [(name, None, value.encode()) for name, value in ticket["upload"]["fields"].items()]
    body = multipart.form(*fields, ("file", "hill.jpg", encode_image(size=(300, 200))))
    request = urllib.request.Request(ticket["upload"]["url"], body, {"Content-Type": multipart.TYPE})
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == 204
    (photo,) = deployed.wait_for_photos("/gallery/articles?tag=hill", token=deployed.token)
    assert (photo["photo_id"], photo["state"]) == (ticket["photo_id"], "ready")
    assert deployed.get_json("/gallery/articles?tag=hill")[1]["items"] == []  # it is private
    path = f"/photos/{photo['photo_id']}?permanent=true"
    assert deployed.request_json("DELETE", path, token=deployed.token) == (204, None)


def test_image_urls_have_valid_cloudfront_signatures(deployed: Rehearsal) -> None:
    (photo,) = deployed.get_json("/gallery/articles?tag=beach")[1]["items"]
    for name in ("image_url", "thumbnail_url", "resized_url"):
        assert photo[name].startswith(deployed.cdn_outputs["ImagesUrl"] + "/")
        assert cloudfront.status(photo[name], deployed.public_keys, datetime.now(UTC)) == 200
        key = unquote(cloudfront.object_key(photo[name]))
        assert deployed.client("s3").head_object(Bucket=deployed.outputs["DerivativesBucket"], Key=key)


@pytest.mark.parametrize("accept", ["*/*", "image/avif,image/webp,image/*,*/*;q=0.8"])
def test_random(deployed: Rehearsal, accept: str) -> None:
    status, headers, image = deployed.request("GET", "/random?label=beach", {"Accept": accept})
    assert (status, headers["Content-Type"]) == (200, "image/jpeg"), image
    assert image.startswith(b"\xff\xd8")
    assert headers["X-Selection-Probability"] == "1.0"
    (photo,) = deployed.get_json("/gallery/articles?tag=beach")[1]["items"]
    assert headers["X-Photo-Id"] == photo["photo_id"]


def test_bundle(deployed: Rehearsal) -> None:
    status, body = deployed.request_json("POST", "/me/notifications", token=deployed.token, body={"channel": "email"})
    assert status == 200, body
    body = {"tags": ["beach"], "notify": True}
    status, requested = deployed.request_json("POST", "/bundles", token=deployed.token, body=body)
    assert status == 202, requested
    assert requested["photos"] == 1
    path = f"/bundles/{requested['bundle_id']}"
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        status, bundle = deployed.request_json("GET", path, token=deployed.token)
        if bundle["state"] in {"ready", "failed"}:
            break
        time.sleep(0.3)
    assert (bundle["state"], bundle["skipped"]) == ("ready", [])
    link = bundle["volumes"][0]["url"]
    assert link.startswith(f"{deployed.deployment.page_url}/api/d/")
    status, headers, _ = deployed.request("GET", f"/d/{link.partition('/d/')[2]}", {"Accept": "*/*"})
    assert status == 302
    with urllib.request.urlopen(headers["Location"]) as response:
        volume = zipfile.ZipFile(io.BytesIO(response.read()))
    assert volume.namelist() == ["sea side.jpg"]
    assert volume.testzip() is None
    assert deployed.request_json("DELETE", path, token=deployed.token) == (204, None)


def test_guest_of_a_shared_link(deployed: Rehearsal) -> None:
    (photo,) = deployed.get_json("/gallery/articles?tag=beach")[1]["items"]
    body: dict[str, Any] = {"title": "Sea", "photo_ids": [photo["photo_id"]]}
    status, album = deployed.request_json("POST", "/albums", token=deployed.token, body=body)
    assert status == 201, album
    terms = {"download": "original", "add": True, "password": "open sesame"}
    path = f"/albums/{album['album_id']}/shares"
    status, share = deployed.request_json("POST", path, token=deployed.token, body=terms)
    assert status == 201, share
    page_url, link = deployed.deployment.page_url, f"/shares/{share['token']}"
    assert share["url"] == f"{page_url}/api/s/{share['token']}"
    html = deployed.request("GET", f"/s/{share['token']}", {"Accept": "text/html"})[2].decode()
    assert f"url={page_url}/shared/#{share['token']}" in html
    assert deployed.request_json("GET", link)[1]["code"] == "password_required"
    status, entered = deployed.request_json("POST", f"{link}/pass", body={"password": "open sesame"})
    assert status == 200, entered
    guest = {"Accept": "*/*", "X-Share-Pass": entered["pass"]}
    assert deployed.request("GET", link, guest)[0] == 200
    status, headers, _ = deployed.request("GET", f"{link}/photos/{photo['photo_id']}/original", guest)
    assert status == 302
    with urllib.request.urlopen(headers["Location"]) as response:
        assert len(response.read()) == photo["bytes"]
    ticket = json.dumps({"name": "Grandma", "filename": "bay.jpg", "bytes": 9})
    assert deployed.request("POST", f"{link}/uploads", guest, ticket)[0] == 201
    assert deployed.request("POST", f"{link}/bundles", guest)[0] == 202
    assert deployed.request_json("DELETE", f"/albums/{album['album_id']}", token=deployed.token) == (204, None)
    assert deployed.request("GET", link, guest)[0] == 404


def test_permanent_deletion_deletes_all_objects(deployed: Rehearsal) -> None:
    (photo,) = deployed.get_json("/gallery/articles?tag=beach")[1]["items"]
    path = f"/photos/{photo['photo_id']}"
    assert deployed.request_json("DELETE", path, token=deployed.token) == (204, None)
    assert deployed.request_json("POST", f"{path}/restore", token=deployed.token)[0] == 200
    assert deployed.request_json("DELETE", f"{path}?permanent=true", token=deployed.token) == (204, None)
    assert deployed.get_json(path)[0] == 404
    s3, outputs = deployed.client("s3"), deployed.outputs
    assert "Versions" not in s3.list_object_versions(Bucket=outputs["OriginalsBucket"])
    assert "Contents" not in s3.list_objects_v2(Bucket=outputs["DerivativesBucket"])


def test_upload_without_a_record_returns_to_the_user_in_its_key(deployed: Rehearsal) -> None:
    owner = deployed.request_json("GET", "/me", token=deployed.token)[1]["id"]
    key = f"uploads/{owner}/{'0' * 32}/lost.jpg"
    square = encode_image(size=(40, 40))
    deployed.client("s3").put_object(Bucket=deployed.outputs["OriginalsBucket"], Key=key, Body=square)
    (photo,) = deployed.wait_for_photos("/gallery/articles?tag=square", token=deployed.token)
    assert (photo["filename"], photo["status"], photo["recovered"]) == ("lost.jpg", "private", True)
    path = f"/photos/{photo['photo_id']}?permanent=true"
    assert deployed.request_json("DELETE", path, token=deployed.token) == (204, None)


def test_api_key(deployed: Rehearsal) -> None:
    request = {"name": "rehearsal", "can": ["read"]}
    status, key = deployed.request_json("POST", "/keys", token=deployed.token, body=request)
    assert status == 201, key
    assert deployed.request_json("GET", "/photos", token=key["key"])[0] == 200
    (listed,) = deployed.request_json("GET", "/keys", token=deployed.token)[1]["items"]
    assert (listed["key_id"], listed["name"]) == (key["key_id"], "rehearsal")
    assert listed["last_used"]
    assert deployed.request_json("DELETE", f"/keys/{key['key_id']}", token=deployed.token) == (204, None)
    assert deployed.request_json("GET", "/photos", token=key["key"])[0] == 401


def test_command_imports_exports_and_verifies_photos(
    deployed: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _resolve_local_names)
    (tmp_path / "pictures" / "Trip").mkdir(parents=True)
    contents = {f"{number}.jpg": encode_image(size=(90 + number, 60)) for number in range(3)}
    for name, content in contents.items():
        (tmp_path / "pictures" / "Trip" / name).write_bytes(content)
    body: dict[str, Any] = {"name": "moving", "can": ["read", "upload", "manage"]}
    _, key = deployed.request_json("POST", "/keys", token=deployed.token, body=body)
    url = f"http://{deployed.deployment.api_id}.execute-api.localhost:{deployed.services.port}/api"

    def tintype(*arguments: str) -> str:
        result = CliRunner(env={"TINTYPE_URL": url, "TINTYPE_KEY": key["key"]}).invoke(main, arguments)
        assert result.exit_code == 0, result.output
        return result.output

    tintype("import", "--from", str(tmp_path / "pictures"), "--yes", "--state", str(tmp_path / "state.sqlite"))
    export = tmp_path / "export"
    tintype("export", "--to", str(export))
    exported = {path.name: path.read_bytes() for path in export.glob("originals/**/*.jpg")}
    assert contents.items() <= exported.items()
    assert tintype("verify", "--to", str(export)).splitlines()[-1] == "No differences."
    albums = deployed.request_json("GET", "/albums", token=deployed.token)[1]["items"]
    (album,) = (found for found in albums if found["title"] == "Trip")
    assert album["photos"] == 3
    for photo in deployed.request_json("GET", f"/albums/{album['album_id']}/photos", token=deployed.token)[1]["items"]:
        path = f"/photos/{photo['photo_id']}?permanent=true"
        assert deployed.request_json("DELETE", path, token=deployed.token) == (204, None)
    for path in (f"/albums/{album['album_id']}", f"/keys/{key['key_id']}"):
        assert deployed.request_json("DELETE", path, token=deployed.token) == (204, None)


def _resolve_local_names(host: str, *arguments: Any, resolve: Any = socket.getaddrinfo, **options: Any) -> Any:
    """The addresses of a name; those below `localhost`, which not all systems know, are this machine's."""
    return resolve(HOST if host.endswith(".localhost") else host, *arguments, **options)


def test_removed_user(deployed: Rehearsal) -> None:
    email, bucket = "leaving@tintype.example", deployed.outputs["OriginalsBucket"]
    assert deployed.command("user", "--email", email).returncode == 0
    token = deployed.sign_in(email)
    _, key = deployed.request_json("POST", "/keys", token=token, body={"name": "old phone", "can": ["read"]})
    _, ticket = deployed.request_json(
        "POST", "/uploads", token=token, body={"filename": "bye.jpg", "status": "private"}
    )
    object_key = ticket["upload"]["fields"]["key"]
    deployed.client("s3").put_object(Bucket=bucket, Key=object_key, Body=encode_image(size=(120, 80)))
    (photo,) = deployed.wait_for_photos("/photos", token=token)
    result = deployed.command("remove-user", "--email", email, "--photos", "hand-over", "--yes", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert deployed.request_json("GET", "/photos", token=key["key"])[0] == 401
    path = f"/photos/{photo['photo_id']}"
    assert deployed.request_json("GET", path, token=deployed.token)[0] == 200
    cognito, pool = deployed.client("cognito-idp"), deployed.outputs["UserPoolId"]
    assert cognito.admin_get_user(UserPoolId=pool, Username=email)["Enabled"] is False
    cognito.admin_delete_user(UserPoolId=pool, Username=email)
    assert deployed.request_json("DELETE", f"{path}?permanent=true", token=deployed.token) == (204, None)


def test_notification_subscription(deployed: Rehearsal) -> None:
    path = "/me/notifications"
    for _ in range(2):
        status, body = deployed.request_json("POST", path, token=deployed.token, body={"channel": "email"})
        assert (status, [each["state"] for each in body["subscriptions"]]) == (200, ["pending"]), body
    assert deployed.request_json("DELETE", path, token=deployed.token) == (204, None)
    assert deployed.request_json("GET", path, token=deployed.token) == (
        200,
        {"subscriptions": [], "channels": ["email"]},
    )


def test_sweep(deployed: Rehearsal) -> None:
    _run_sweep(deployed)


def _run_sweep(deployed: Rehearsal) -> None:
    event = json.dumps(scheduled_event("sweep"))
    response = deployed.client("lambda").invoke(FunctionName=f"{deployed.target.stack_name}-sweep", Payload=event)
    assert "FunctionError" not in response, response["Payload"].read()


class TestLabels:
    """The layer's packages and model, in a Lambda function of the local cloud."""

    def test_deployed_function_labels_a_photo(self, deployed: Rehearsal) -> None:
        bucket = deployed.outputs["OriginalsBucket"]
        deployed.client("s3").put_object(Bucket=bucket, Key="dog.jpg", Body=_picture(), Metadata={"tags": "labeled"})
        (photo,) = deployed.wait_for_photos("/gallery/articles?tag=labeled", token=deployed.token)
        record = _photo_store(deployed).get(photo["photo_id"])
        assert record
        assert not record.labels_pending
        assert record.label_names[:1] == _expected_labels(deployed, record)[:1]
        assert deployed.get_json("/health")[1]["labels"] == {"status": "ok"}
        assert "dog" in record.tags or not DOG.exists()

    def test_schedule_lets_ingest_find_pending_labels(self, deployed: Rehearsal) -> None:
        store = _photo_store(deployed)
        (photo,) = deployed.wait_for_photos("/gallery/articles?tag=labeled", token=deployed.token)
        finished = store.get(photo["photo_id"])
        assert finished
        store.commit(finished, replace(finished, labels=(), labels_pending=True, due_at=datetime.now(UTC)))
        _run_sweep(deployed)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while (labeled := store.get(photo["photo_id"])) and labeled.labels_pending and time.monotonic() < deadline:
            time.sleep(0.3)
        assert labeled
        expected = _expected_labels(deployed, finished)
        assert (labeled.label_names[: len(expected)], labeled.due_at) == (expected, None)
        assert labeled.finished_at == finished.finished_at  # it was not processed again
        path = f"/photos/{photo['photo_id']}?permanent=true"
        assert deployed.request_json("DELETE", path, token=deployed.token) == (204, None)

    def test_only_ingest_has_the_layer(self, deployed: Rehearsal) -> None:
        client, functions = deployed.client("lambda"), chalice_state.find_functions(deployed.target)
        attached = {
            handler: [layer["Arn"] for layer in client.get_function_configuration(FunctionName=arn).get("Layers", [])]
            for handler, arn in functions.items()
        }
        (version,) = client.list_layer_versions(LayerName=layers.name(deployed.target))["LayerVersions"]
        assert attached.pop("ingest_photo") == [version["LayerVersionArn"]]
        assert set(map(tuple, attached.values())) == {()}

    def test_bucket_does_not_keep_the_layer(self, deployed: Rehearsal) -> None:
        objects = deployed.client("s3").list_objects_v2(Bucket=deployed.outputs["BundlesBucket"], Prefix="layers/")
        assert objects["KeyCount"] == 0


def _picture() -> bytes:
    """A photo of a dog, or a drawn picture where there is none."""
    if DOG.exists():
        return DOG.read_bytes()
    file = io.BytesIO()
    drawing.draw("lake", (640, 480), Random(2)).save(file, "JPEG", quality=90)
    return file.getvalue()


def _photo_store(deployed: Rehearsal) -> DynamoPhotoStore:
    tables = Tables(
        *(deployed.outputs[name] for name in ("PhotosTable", "MembershipsTable", "TrendsTable", "AlbumsTable"))
    )
    return DynamoPhotoStore(deployed.client("dynamodb"), tables, lambda: datetime.now(UTC), time.sleep, random)


def _expected_labels(deployed: Rehearsal, photo: Photo) -> tuple[str, ...]:
    """The labels that the model finds here in the derivative that it reads."""
    key = photo.derivatives[VisionLabeler.derivative].key
    body = deployed.client("s3").get_object(Bucket=deployed.outputs["DerivativesBucket"], Key=key)["Body"]
    metadata = PhotoMetadata(taken_at=None, width=photo.width or 0, height=photo.height or 0)
    return tuple(label.name for label in VisionLabeler().detect(images.decode(body.read()), metadata).labels)


class TestGateway:
    def test_returns_json_404_for_unknown_path(self, deployed: Rehearsal) -> None:
        status, headers, body = deployed.request("GET", "/nothing/is/here/at/all", {})
        assert (status, json.loads(body)["code"]) == (404, "not_found")
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Content-Type"] == "application/json"

    def test_is_named_like_stack(self, deployed: Rehearsal) -> None:
        (api,) = deployed.client("apigateway").get_rest_apis()["items"]
        assert (api["id"], api["name"]) == (deployed.deployment.api_id, deployed.target.stack_name)

    def test_is_throttled_by_method(self, deployed: Rehearsal) -> None:
        client = deployed.client("apigateway")
        stage = client.get_stage(restApiId=deployed.deployment.api_id, stageName="api")
        limits = {
            method: gateway.Limit(each["throttlingRateLimit"], each["throttlingBurstLimit"])
            for method, each in stage["methodSettings"].items()
        }
        assert limits == gateway.LIMITS

    def test_requests_are_logged(self, deployed: Rehearsal) -> None:
        client = deployed.client("apigateway")
        stage = client.get_stage(restApiId=deployed.deployment.api_id, stageName="api")
        assert stage["accessLogSettings"]["format"] == access_logs.log_format(deployed.target)
        (group,) = deployed.client("logs").describe_log_groups(logGroupNamePrefix="/aws/apigateway/")["logGroups"]
        assert group["arn"].removesuffix(":*") == stage["accessLogSettings"]["destinationArn"]
        assert group["retentionInDays"] == 30

    def test_error_responses_are_json_with_cors(self, deployed: Rehearsal) -> None:
        client = deployed.client("apigateway")
        items = client.get_gateway_responses(restApiId=deployed.deployment.api_id, limit=500)["items"]
        custom = {each["responseType"]: each for each in items if not each["defaultResponse"]}
        assert custom.keys() == gateway.ERROR_RESPONSES.keys()
        for response in custom.values():
            assert json.loads(response["responseTemplates"]["application/json"]).keys() == {"error", "code"}
            assert response["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


class TestFunctions:
    def test_report_partial_batch_failures(self, deployed: Rehearsal) -> None:
        (mapping,) = deployed.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        assert mapping["FunctionArn"].endswith(f":{deployed.target.stack_name}-build_volume")
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]

    @pytest.mark.parametrize(("name", "has_destination"), [("ingest_photo", True), ("sweep", False)])
    def test_events_that_ingest_fails_go_to_the_failures_queue(
        self, deployed: Rehearsal, name: str, has_destination: bool
    ) -> None:
        function = f"{deployed.target.stack_name}-{name}"
        configured = deployed.client("lambda").get_function_event_invoke_config(FunctionName=function)
        destination = configured.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        assert destination == (deployed.outputs["FailuresQueueArn"] if has_destination else None)

    def test_logs_are_retained_for_30_days(self, deployed: Rehearsal) -> None:
        groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
        assert len(groups) == len(release.handlers())
        assert {group["retentionInDays"] for group in groups} == {30}

    def test_ingest_has_reserved_concurrency(self, deployed: Rehearsal) -> None:
        function = f"{deployed.target.stack_name}-ingest_photo"
        configured = deployed.client("lambda").get_function_concurrency(FunctionName=function)
        assert configured["ReservedConcurrentExecutions"] == release.INGEST_CONCURRENCY

    def test_two_volumes_are_built_at_once(self, deployed: Rehearsal) -> None:
        function = f"{deployed.target.stack_name}-build_volume"
        (mapping,) = deployed.client("lambda").list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}

    def test_have_configured_timeout_and_memory(self, deployed: Rehearsal) -> None:
        client = deployed.client("lambda")
        configured = client.get_function_configuration(FunctionName=f"{deployed.target.stack_name}-ingest_photo")
        assert (configured["Timeout"], configured["MemorySize"]) == (60, 1769)


class TestPage:
    def test_assets_are_immutable_and_others_revalidated(self, deployed: Rehearsal) -> None:
        cache_control = {key: value for key, (value, _) in deployed.page_objects().items()}
        immutable = {key for key, value in cache_control.items() if value == page.IMMUTABLE}
        assert immutable == {key for key in cache_control if key.startswith("assets/")} != set()
        assert {cache_control[key] for key in cache_control.keys() - immutable} == {"no-cache"}
        assert {"index.html", "shared/", "config.json"} <= cache_control.keys() - immutable

    def test_page_for_guests_is_served_at_its_folder(self, deployed: Rehearsal) -> None:
        head = deployed.client("s3").head_object(Bucket=deployed.outputs["PageBucket"], Key="shared/")
        assert head["ContentType"] == "text/html; charset=utf-8"

    def test_config_json_describes_library(self, deployed: Rehearsal) -> None:
        body = deployed.client("s3").get_object(Bucket=deployed.outputs["PageBucket"], Key="config.json")["Body"]
        config, page_url = json.loads(body.read()), deployed.deployment.page_url
        assert config["api"] == f"{page_url}/api"
        assert config["identity"]["redirect_uri"] == f"{page_url}/"
        assert config["identity"]["client_id"] == deployed.outputs["UserPoolClientId"]

    def test_sign_in_redirects_only_to_page(self, deployed: Rehearsal) -> None:
        configured = deployed.client("cognito-idp").describe_user_pool_client(
            UserPoolId=deployed.outputs["UserPoolId"], ClientId=deployed.outputs["UserPoolClientId"]
        )["UserPoolClient"]
        assert configured["CallbackURLs"] == [f"{deployed.deployment.page_url}/"]


@pytest.fixture(scope="module")
def package(deployed: Rehearsal) -> Iterator[zipfile.ZipFile]:
    """The functions' deployment package."""
    (path,) = (deployed.target.build_dir / ".chalice" / "deployments").glob("*.zip")
    with zipfile.ZipFile(path) as package:
        yield package


class TestPackage:
    def test_size_is_limited(self, package: zipfile.ZipFile, deployed: Rehearsal) -> None:
        assert package.filename
        assert Path(package.filename).stat().st_size < MAX_PACKAGE_BYTES
        layer = layers.find(deployed.target)
        assert layer
        assert package_size.unzipped_size(Path(package.filename)) + layer.unzipped_bytes < MAX_UNZIPPED_BYTES

    def test_contains_only_app_and_libraries(self, package: zipfile.ZipFile) -> None:
        app_files = {name.split("/")[0] for name in package.namelist()} - _library_entries(package)
        assert app_files == {"app.py", "chalicelib", "chalice"}

    def test_binaries_are_for_lambda(self, package: zipfile.ZipFile) -> None:
        code = [name for name in package.namelist() if ".so" in Path(name).suffixes]
        assert any("_imaging." in name for name in code)
        for name in code:
            assert "musl" not in name
            assert "darwin" not in name
            assert package.read(name)[:5] == b"\x7fELF\x02"  # 64 bits
            assert package.read(name)[18:20] == b"\x3e\x00"  # x86-64
            tag = re.search(r"\.cpython-(\d+)-([\w-]+)\.so$", name)
            assert tag is None or tag.groups() == (RUNTIME, "x86_64-linux-gnu"), name

    def test_wheels_are_for_lambda(self, package: zipfile.ZipFile) -> None:
        tags = {
            tag
            for name in package.namelist()
            if name.endswith(".dist-info/WHEEL")
            for tag in re.findall(r"^Tag: (\S+)$", package.read(name).decode(), re.MULTILINE)
        }
        assert any("manylinux" in tag for tag in tags)
        for tag in tags:
            _, _, platform = tag.split("-")
            assert platform == "any" or re.fullmatch(r"manylinux\w*_x86_64", platform), tag


def _library_entries(package: zipfile.ZipFile) -> set[str]:
    """Top-level names in the RECORD files of the libraries."""
    lists = [name for name in package.namelist() if name.endswith(".dist-info/RECORD")]
    rows = [row for name in lists for row in csv.reader(package.read(name).decode().splitlines())]
    return {row[0].split("/")[0] for row in rows}


def _allow_local_access(rehearsal: Rehearsal) -> None:
    """Remove the TLS-only bucket policies and use the local Cognito's keys."""
    s3 = rehearsal.client("s3")
    for name in ("OriginalsBucket", "DerivativesBucket", "BundlesBucket"):
        s3.delete_bucket_policy(Bucket=rehearsal.outputs[name])
    pool = rehearsal.outputs["UserPoolId"]
    keys = f"{rehearsal.services.endpoint}/{pool}/.well-known/jwks.json"
    settings.write(rehearsal.target, "identity-keys-url", keys)


# These come last because they deploy again.


def test_second_deployment_changes_nothing(deployed: Rehearsal) -> None:
    before = deployed.state()
    result = deployed.command("deploy", "--yes", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"stack {deployed.target.stack_name}: unchanged\nfunctions: unchanged\nlabels: vision\n" in result.stdout
    assert deployed.state() == before


def test_existing_owner_stays(deployed: Rehearsal) -> None:
    users.ensure_owner(deployed.target, deployed.outputs["UserPoolId"], "second@tintype.example")
    (user,) = deployed.client("cognito-idp").list_users(UserPoolId=deployed.outputs["UserPoolId"])["Users"]
    attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
    ssm = deployed.client("ssm")
    owner = owner_id(attributes["sub"], settings.read(ssm, deployed.target.parameter_name("id-secret")))
    assert attributes["email"] == EMAIL
    assert settings.read(ssm, deployed.target.parameter_name("library-owner")) == owner
    result = deployed.command("owners")
    assert (result.returncode, result.stdout) == (0, f"{owner}  {EMAIL}\n"), result.stderr


def test_rotation_keeps_previous_key_valid(deployed: Rehearsal) -> None:
    for previous, current in (
        ("FirstKeyId", "SecondKeyId"),
        ("SecondKeyId", "FirstKeyId"),
        ("FirstKeyId", "SecondKeyId"),
    ):
        before = deployed.image_key()
        assert before.startswith(deployed.cdn_outputs[previous])
        result = deployed.command("rotate")
        assert result.returncode == 0, result.stdout + result.stderr
        assert deployed.image_key().startswith(deployed.cdn_outputs[current])
        assert before.startswith(deployed.cdn_outputs[previous])
        for key in (before, deployed.image_key()):
            url = CloudFrontUrls("https://images.example.org", key, lambda: datetime.now(UTC)).sign("k")
            assert cloudfront.status(url, deployed.public_keys, datetime.now(UTC)) == 200


def test_custom_domain_is_used_everywhere_until_removed(
    deployed: Rehearsal,
) -> None:
    before = deployed.cdn_outputs
    with_domain = replace(deployed.deployment, domain=Domain("photos.example.org", CERTIFICATE))
    steps = [step for step in STEPS if step.name in ("CDN", "Page origin")]
    assert f"page: move from {before['PageUrl']} to https://photos.example.org" in deployment.plan(with_domain)
    deployment.run(with_domain, steps)
    assert deployment.summary(with_domain)[1] == f"DNS    photos.example.org CNAME {before['PageDomainName']}"
    assert _page_urls(deployed) == {"https://photos.example.org"}
    deployment.run(deployed.deployment, steps)  # without DOMAIN
    assert _page_urls(deployed) == {"https://photos.example.org"}
    deployment.run(replace(deployed.deployment, domain=Domain("no")), steps)
    assert deployed.cdn_outputs == before
    assert _page_urls(deployed) == {before["PageUrl"]}


def test_pam_client_exists_only_with_an_address_which_stays(deployed: Rehearsal) -> None:
    steps = [step for step in STEPS if step.name == "Core stack"]
    assert deployed.outputs.keys().isdisjoint({"PamClientId"})
    assert _pam(deployed) == ([], [], "")
    url = "https://pam.example.org"
    for option in (f"{url}/", ""):  # the second deployment without PAM
        deployment.run(replace(deployed.deployment, pam=option), steps)
        assert _pam(deployed) == ([url], [url, f"{url}/"], deployed.deployment.outputs["PamClientId"])
    client_id = deployed.deployment.outputs["PamClientId"]
    assert any(client_id in line and "response_type=token" in line for line in deployment.summary(deployed.deployment))
    with pytest.raises(UserError, match="Invalid PAM"):
        deployment.check(replace(deployed.deployment, pam="http://pam.example.org"))
    deployment.run(replace(deployed.deployment, pam="no"), steps)
    assert _pam(deployed) == ([], [], "")


def _pam(deployed: Rehearsal) -> tuple[list[str], list[str], str]:
    """Origins that may upload besides the page's, URLs of the client, and its id in the settings."""
    rules = deployed.client("s3").get_bucket_cors(Bucket=deployed.outputs["OriginalsBucket"])["CORSRules"]
    origins = [origin for rule in rules if rule.get("ID") == "pam" for origin in rule["AllowedOrigins"]]
    client_id = settings.read(deployed.client("ssm"), deployed.target.parameter_name("pam-client-id"))
    if not client_id:
        return origins, [], ""
    request = {"UserPoolId": deployed.outputs["UserPoolId"], "ClientId": client_id}
    client = deployed.client("cognito-idp").describe_user_pool_client(**request)["UserPoolClient"]
    assert client["CallbackURLs"] == client["LogoutURLs"]
    return origins, client["CallbackURLs"], client_id


def _page_urls(deployed: Rehearsal) -> set[str]:
    """Every URL of the page that is configured anywhere, without a path."""
    pool, client = deployed.outputs["UserPoolId"], deployed.outputs["UserPoolClientId"]
    cognito = deployed.client("cognito-idp")
    pool_client = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]
    rules = deployed.client("s3").get_bucket_cors(Bucket=deployed.outputs["OriginalsBucket"])["CORSRules"]
    api = settings.read(deployed.client("ssm"), deployed.target.parameter_name("api-url"))
    urls = {
        *pool_client["CallbackURLs"],
        *pool_client["LogoutURLs"],
        *rules[0]["AllowedOrigins"],
        api.removesuffix("/api"),
        settings.read(deployed.client("ssm"), deployed.target.parameter_name("page-url")),
    }
    return {url.rstrip("/") for url in urls} | {deployed.deployment.page_url}


def test_destroy_retains_photos_and_deploy_restores_them(deployed: Rehearsal) -> None:
    target, before = deployed.target, dict(deployed.outputs)
    s3 = deployed.client("s3")
    s3.put_object(Bucket=before["OriginalsBucket"], Key="retained.jpg", Body=encode_image(size=(40, 30)))
    deployed.wait_for_photos("/photos", token=deployed.token)
    photos = deployed.client("dynamodb").scan(TableName=before["PhotosTable"])["Items"]
    assert photos
    result = deployed.command("destroy", "--yes", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert chalice_state.find_functions(target) == {}
    assert deployed.client("lambda").list_layer_versions(LayerName=layers.name(target))["LayerVersions"] == []
    assert deployed.client("apigateway").get_rest_apis()["items"] == []
    assert (
        deployed.deployment.stacks.status(target.stack_name)
        == deployed.deployment.stacks.status(target.cdn_stack_name)
        == ""
    )
    assert s3.head_object(Bucket=before["OriginalsBucket"], Key="retained.jpg")
    plan = deployment.plan(deployed.deployment)
    assert f"   import UserPool ({before['UserPoolId']})" in plan
    deployment.run(deployed.deployment, STEPS[:2])
    after = deployed.deployment.outputs
    same = ("OriginalsBucket", "DerivativesBucket", "PhotosTable", "TrendsTable", "UserPoolId")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert deployed.client("dynamodb").scan(TableName=after["PhotosTable"])["Items"] == photos
    assert users.has_owner(target)
    assert (
        deployed.deployment.stacks.create_change_set(target.stack_name, TEMPLATE, {"Stage": STAGE, "AlarmEmail": EMAIL})
        == []
    )


def test_confirmed_destroy_deletes_everything(deployed: Rehearsal) -> None:
    result = deployed.command("destroy", "--yes", "1", "--originals", "delete")
    assert (result.returncode, deployed.deployment.stacks.status(deployed.target.stack_name)) == (1, "UPDATE_COMPLETE")
    for _ in range(2):  # idempotent
        result = deployed.command("destroy", "--yes", "1", "--originals", "delete", "--confirm", STAGE)
        assert result.returncode == 0, result.stdout + result.stderr
    assert deployed.client("s3").list_buckets()["Buckets"] == []
    assert deployed.client("dynamodb").list_tables()["TableNames"] == []
    assert deployed.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"] == []
    assert deployed.client("sns").list_topics()["Topics"] == []
    assert deployed.client("sqs").list_queues().get("QueueUrls", []) == []
    roles = [role["RoleName"] for role in deployed.client("iam").list_roles()["Roles"]]
    assert roles == [access_logs.ROLE]  # the account's, which other APIs may use
    assert deployed.client("events").list_rules()["Rules"] == []
    assert deployed.client("ssm").describe_parameters()["Parameters"] == []
