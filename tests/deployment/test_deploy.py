"""A deployment by its own command to the local cloud, and then only HTTP and S3, as from outside.

The cloud enforces each function's own policy here: a permission that is missing shows.
"""

import csv
import io
import json
import re
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from chalicelib.accounts.identity import owner_id
from chalicelib.aws.cloudfront import CloudFrontUrls
from infrastructure.deploy import chalice_state, deployment, gateway, page, release, settings, users
from infrastructure.deploy.deployment import STAGES, TEMPLATE
from infrastructure.deploy.domain import Domain
from local.events.scheduler import scheduled_event
from tests.deployment.rehearsal import (
    EMAIL,
    PATIENCE_SECONDS,
    STAGE,
    Rehearsal,
    break_off_after_each_stage,
    cloud,
    place,
)
from tests.fakes import cloudfront
from tests.support import multipart
from tests.support.images.tiny import picture

LARGEST_PACKAGE = 25_000_000
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d"
RUNTIME = f"{sys.version_info.major}{sys.version_info.minor}"

pytestmark = pytest.mark.deployment


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The project deployed: broken off after each stage, and at last to its end by the command itself."""
    with cloud(tmp_path_factory.mktemp("cloud"), AUTH="true") as running:
        rehearsal = Rehearsal(running, place(tmp_path_factory.mktemp("builds")))
        break_off_after_each_stage(rehearsal)
        ran = rehearsal.command("deploy", "--email", EMAIL, "--yes", "1")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        _leave_the_network_out(rehearsal)
        yield rehearsal


@pytest.fixture(autouse=True)
def nothing_went_wrong_unseen(deployed: Rehearsal) -> Iterator[None]:
    """After each test: no function has failed; and where a test fails, this says why."""
    yield
    wrong = deployed.complaints()
    assert not wrong, "\n".join(wrong)


def test_the_deployed_api_is_healthy(deployed: Rehearsal) -> None:
    status, body = deployed.get("/health")
    assert (status, body) == (200, {"status": "ok", "stage": STAGE}), body


def test_an_object_put_into_the_bucket_is_ingested_by_the_deployed_function(deployed: Rehearsal) -> None:
    deployed.client("s3").put_object(
        Bucket=deployed.outputs["OriginalsBucket"],
        Key="2024/sea side.jpg",
        Body=picture(size=(400, 300)),
        Metadata={"tags": "beach", "status": "public"},
    )
    (shown,) = deployed.await_photos("/gallery/articles?tag=beach")
    assert (shown["filename"], shown["state"], shown["width"]) == ("sea side.jpg", "ready", 400)
    assert shown["placeholder"]


@pytest.mark.parametrize("order", ["count", "heat"])
def test_a_tag_is_trending_through_the_deployed_api(deployed: Rehearsal, order: str) -> None:
    status, body = deployed.get(f"/gallery/trending?order={order}")
    assert status == 200, body
    assert "Beach" in {tag["tag_name"] for tag in body["items"]}


def test_the_owner_signs_in_and_sends_a_photo_straight_into_the_bucket(deployed: Rehearsal) -> None:
    wanted = {"filename": "hill.jpg", "tags": ["hill"], "status": "private"}
    status, ticket = deployed.call("POST", "/uploads", token=deployed.token, body=wanted)
    assert status == 201, ticket
    fields = [(name, None, value.encode()) for name, value in ticket["upload"]["fields"].items()]
    body = multipart.form(*fields, ("file", "hill.jpg", picture(size=(300, 200))))
    asked = urllib.request.Request(ticket["upload"]["url"], body, {"Content-Type": multipart.TYPE})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert answer.status == 204
    (shown,) = deployed.await_photos("/gallery/articles?tag=hill", token=deployed.token)
    assert (shown["photo_id"], shown["state"]) == (ticket["photo_id"], "ready")
    assert deployed.get("/gallery/articles?tag=hill")[1]["items"] == []  # it is private
    path = f"/photos/{shown['photo_id']}?permanent=true"
    assert deployed.call("DELETE", path, token=deployed.token) == (204, None)


def test_images_are_signed_for_the_key_that_cloudfront_knows(deployed: Rehearsal) -> None:
    (shown,) = deployed.get("/gallery/articles?tag=beach")[1]["items"]
    for name in ("image_url", "thumbnail_url", "resized_url"):
        assert shown[name].startswith(deployed.address["ImagesAddress"] + "/")
        assert cloudfront.status(shown[name], deployed.signers, datetime.now(UTC)) == 200
        key = unquote(cloudfront.key_of(shown[name]))
        assert deployed.client("s3").head_object(Bucket=deployed.outputs["DerivativesBucket"], Key=key)


@pytest.mark.parametrize("accept", ["*/*", "image/avif,image/webp,image/*,*/*;q=0.8"])
def test_a_random_picture_comes_through_the_deployed_api(deployed: Rehearsal, accept: str) -> None:
    status, headers, image = deployed.answer("GET", "/random?label=beach", {"Accept": accept})
    assert (status, headers["Content-Type"]) == (200, "image/jpeg"), image
    assert image.startswith(b"\xff\xd8")
    assert headers["X-Selection-Probability"] == "1.0"
    (shown,) = deployed.get("/gallery/articles?tag=beach")[1]["items"]
    assert headers["X-Photo-Id"] == shown["photo_id"]


def test_photos_are_taken_away_through_the_deployed_api(deployed: Rehearsal) -> None:
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
    link = bundle["volumes"][0]["url"]
    assert link.startswith(f"{deployed.deployment.page_address}/api/d/")
    status, headers, _ = deployed.answer("GET", f"/d/{link.partition('/d/')[2]}", {"Accept": "*/*"})
    assert status == 302
    with urllib.request.urlopen(headers["Location"]) as answer:
        built = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert built.namelist() == ["sea side.jpg"]
    assert built.testzip() is None
    assert deployed.call("DELETE", path, token=deployed.token) == (204, None)


def test_a_photo_deleted_for_ever_through_the_deployed_api_leaves_nothing_behind(deployed: Rehearsal) -> None:
    (shown,) = deployed.get("/gallery/articles?tag=beach")[1]["items"]
    path = f"/photos/{shown['photo_id']}"
    assert deployed.call("DELETE", path, token=deployed.token) == (204, None)
    assert deployed.call("POST", f"{path}/restore", token=deployed.token)[0] == 200
    assert deployed.call("DELETE", f"{path}?permanent=true", token=deployed.token) == (204, None)
    assert deployed.get(path)[0] == 404
    s3, outputs = deployed.client("s3"), deployed.outputs
    assert "Versions" not in s3.list_object_versions(Bucket=outputs["OriginalsBucket"])
    assert "Contents" not in s3.list_objects_v2(Bucket=outputs["DerivativesBucket"])


def test_a_key_is_made_used_and_revoked_through_the_deployed_api(deployed: Rehearsal) -> None:
    wanted = {"name": "rehearsal", "can": ["read"]}
    status, key = deployed.call("POST", "/keys", token=deployed.token, body=wanted)
    assert status == 201, key
    assert deployed.call("GET", "/photos", token=key["key"])[0] == 200
    (listed,) = deployed.call("GET", "/keys", token=deployed.token)[1]["items"]
    assert (listed["key_id"], listed["name"]) == (key["key_id"], "rehearsal")
    assert listed["last_used"]
    assert deployed.call("DELETE", f"/keys/{key['key_id']}", token=deployed.token) == (204, None)
    assert deployed.call("GET", "/photos", token=key["key"])[0] == 401


def test_somebody_subscribes_and_ends_it_through_the_deployed_api(deployed: Rehearsal) -> None:
    path = "/me/notifications"
    for _ in range(2):
        status, body = deployed.call("POST", path, token=deployed.token, body={"channel": "email"})
        assert (status, [each["state"] for each in body["subscriptions"]]) == (200, ["pending"]), body
    assert deployed.call("DELETE", path, token=deployed.token) == (204, None)
    assert deployed.call("GET", path, token=deployed.token) == (200, {"subscriptions": [], "channels": ["email"]})


def test_the_deployed_sweep_may_do_all_it_does(deployed: Rehearsal) -> None:
    event = json.dumps(scheduled_event("sweep"))
    answer = deployed.client("lambda").invoke(FunctionName=f"{deployed.place.stack}-sweep", Payload=event)
    assert "FunctionError" not in answer, answer["Payload"].read()


class TestTheGateway:
    def test_answers_at_no_address_in_the_one_shape(self, deployed: Rehearsal) -> None:
        status, headers, body = deployed.answer("GET", "/nothing/is/here/at/all", {})
        assert (status, json.loads(body)["code"]) == (404, "not_found")
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Content-Type"] == "application/json"

    def test_is_named_as_its_metrics_are(self, deployed: Rehearsal) -> None:
        (api,) = deployed.client("apigateway").get_rest_apis()["items"]
        assert (api["id"], api["name"]) == (deployed.deployment.api, deployed.place.stack)

    def test_lets_twenty_calls_a_second_through(self, deployed: Rehearsal) -> None:
        client = deployed.client("apigateway")
        stage = client.get_stage(restApiId=deployed.deployment.api, stageName="api")
        everywhere = stage["methodSettings"]["*/*"]
        assert (everywhere["throttlingRateLimit"], everywhere["throttlingBurstLimit"]) == (20.0, 10)

    def test_refuses_in_the_one_shape_whatever_it_refuses(self, deployed: Rehearsal) -> None:
        client = deployed.client("apigateway")
        told = client.get_gateway_responses(restApiId=deployed.deployment.api, limit=500)["items"]
        ours = {each["responseType"]: each for each in told if not each["defaultResponse"]}
        assert ours.keys() == gateway.REFUSALS.keys()
        for refusal in ours.values():
            assert json.loads(refusal["responseTemplates"]["application/json"]).keys() == {"error", "code"}
            assert refusal["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


class TestTheFunctions:
    def test_tell_which_messages_of_a_batch_failed(self, deployed: Rehearsal) -> None:
        (mapping,) = deployed.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        assert mapping["FunctionArn"].endswith(f":{deployed.place.stack}-build_volume")
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]

    @pytest.mark.parametrize("name", ["ingest_photo", "sweep"])
    def test_leave_what_failed_at_every_attempt_in_a_queue(self, deployed: Rehearsal, name: str) -> None:
        function = f"{deployed.place.stack}-{name}"
        told = deployed.client("lambda").get_function_event_invoke_config(FunctionName=function)
        assert told["DestinationConfig"]["OnFailure"]["Destination"] == deployed.outputs["FailuresQueueArn"]

    def test_keep_no_log_for_longer_than_a_month(self, deployed: Rehearsal) -> None:
        groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
        assert len(groups) == len(release.handlers())
        assert {group["retentionInDays"] for group in groups} == {30}

    def test_leave_concurrency_to_the_api_while_many_photos_come(self, deployed: Rehearsal) -> None:
        function = f"{deployed.place.stack}-ingest_photo"
        told = deployed.client("lambda").get_function_concurrency(FunctionName=function)
        assert told["ReservedConcurrentExecutions"] == release.INGEST_AT_ONCE

    def test_have_their_time_and_memory(self, deployed: Rehearsal) -> None:
        client = deployed.client("lambda")
        told = client.get_function_configuration(FunctionName=f"{deployed.place.stack}-ingest_photo")
        assert (told["Timeout"], told["MemorySize"]) == (60, 1769)


class TestThePage:
    def test_is_kept_for_ever_where_its_names_follow_its_content(self, deployed: Rehearsal) -> None:
        caching = {key: told for key, (told, _) in deployed.page().items()}
        kept = {key for key, told in caching.items() if told == page.FOREVER}
        assert kept == {key for key in caching if key.startswith("assets/")} != set()
        assert {caching[key] for key in caching.keys() - kept} == {"no-cache"}
        assert {"index.html", "config.json"} <= caching.keys() - kept

    def test_is_told_of_its_library(self, deployed: Rehearsal) -> None:
        body = deployed.client("s3").get_object(Bucket=deployed.outputs["PageBucket"], Key="config.json")["Body"]
        told, address = json.loads(body.read()), deployed.deployment.page_address
        assert told["api"] == f"{address}/api"
        assert told["identity"]["redirect_uri"] == f"{address}/"
        assert told["identity"]["client_id"] == deployed.outputs["UserPoolClientId"]

    def test_may_be_signed_in_to_from_its_own_address_alone(self, deployed: Rehearsal) -> None:
        told = deployed.client("cognito-idp").describe_user_pool_client(
            UserPoolId=deployed.outputs["UserPoolId"], ClientId=deployed.outputs["UserPoolClientId"]
        )["UserPoolClient"]
        assert told["CallbackURLs"] == [f"{deployed.deployment.page_address}/"]


@pytest.fixture(scope="module")
def package(deployed: Rehearsal) -> Iterator[zipfile.ZipFile]:
    """What the functions are made of."""
    (path,) = (deployed.place.building / ".chalice" / "deployments").glob("*.zip")
    with zipfile.ZipFile(path) as package:
        yield package


class TestThePackage:
    def test_stays_small(self, package: zipfile.ZipFile) -> None:
        assert package.filename
        assert Path(package.filename).stat().st_size < LARGEST_PACKAGE

    def test_holds_the_app_and_its_libraries_and_nothing_beside_them(self, package: zipfile.ZipFile) -> None:
        ours = {name.split("/")[0] for name in package.namelist()} - _of_libraries(package)
        assert ours == {"app.py", "chalicelib", "chalice"}

    def test_brings_machine_code_for_lambda_alone(self, package: zipfile.ZipFile) -> None:
        code = [name for name in package.namelist() if ".so" in Path(name).suffixes]
        assert any("_imaging." in name for name in code)
        for name in code:
            assert "musl" not in name
            assert "darwin" not in name
            assert package.read(name)[:5] == b"\x7fELF\x02"  # 64 bits
            assert package.read(name)[18:20] == b"\x3e\x00"  # x86-64
            marked = re.search(r"\.cpython-(\d+)-([\w-]+)\.so$", name)
            assert marked is None or marked.groups() == (RUNTIME, "x86_64-linux-gnu"), name

    def test_was_made_of_wheels_for_lambda(self, package: zipfile.ZipFile) -> None:
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


def _of_libraries(package: zipfile.ZipFile) -> set[str]:
    """Everything at the top that a library's own list of files names."""
    lists = [name for name in package.namelist() if name.endswith(".dist-info/RECORD")]
    rows = [row for name in lists for row in csv.reader(package.read(name).decode().splitlines())]
    return {row[0].split("/")[0] for row in rows}


def _leave_the_network_out(rehearsal: Rehearsal) -> None:
    """There is no TLS on this machine, on which the buckets' own policies insist, and no Cognito on the internet."""
    s3 = rehearsal.client("s3")
    for name in ("OriginalsBucket", "DerivativesBucket", "BundlesBucket"):
        s3.delete_bucket_policy(Bucket=rehearsal.outputs[name])
    pool = rehearsal.outputs["UserPoolId"]
    keys = f"{rehearsal.services.endpoint}/{pool}/.well-known/jwks.json"
    settings.write(rehearsal.place, "identity-keys-url", keys)


# The last ones: they deploy once more.


def test_a_second_deployment_changes_nothing(deployed: Rehearsal) -> None:
    before = deployed.state()
    ran = deployed.command("deploy", "--yes", "1")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"stack {deployed.place.stack}: unchanged\nfunctions: unchanged\n" in ran.stdout
    assert deployed.state() == before


def test_an_owner_stays_whoever_is_named_later(deployed: Rehearsal) -> None:
    users.make_owner(deployed.place, deployed.outputs["UserPoolId"], "second@tintype.example")
    (user,) = deployed.client("cognito-idp").list_users(UserPoolId=deployed.outputs["UserPoolId"])["Users"]
    attributes = {told["Name"]: told["Value"] for told in user["Attributes"]}
    owner = owner_id(attributes["sub"], settings.read(deployed.client("ssm"), deployed.place.parameter("id-secret")))
    assert attributes["email"] == EMAIL
    assert settings.read(deployed.client("ssm"), deployed.place.parameter("library-owner")) == owner
    ran = deployed.command("owners")
    assert (ran.returncode, ran.stdout) == (0, f"{owner}  {EMAIL}\n"), ran.stderr


def test_a_key_takes_over_from_another_that_stays_known(deployed: Rehearsal) -> None:
    for last, now in (("FirstKeyId", "SecondKeyId"), ("SecondKeyId", "FirstKeyId"), ("FirstKeyId", "SecondKeyId")):
        before = deployed.image_key()
        assert before.startswith(deployed.address[last])
        ran = deployed.command("rotate")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert deployed.image_key().startswith(deployed.address[now])
        assert before.startswith(deployed.address[last])
        for key in (before, deployed.image_key()):
            url = CloudFrontUrls("https://images.example.org", key, lambda: datetime.now(UTC)).sign("k")
            assert cloudfront.status(url, deployed.signers, datetime.now(UTC)) == 200


def test_a_name_of_one_s_own_is_told_to_all_that_lead_back_to_the_page_until_it_is_taken_away(
    deployed: Rehearsal,
) -> None:
    before = deployed.address
    named = replace(deployed.deployment, domain=Domain("photos.example.org", CERTIFICATE))
    again = [stage for stage in STAGES if stage.name in ("Address", "Opening")]
    assert "address: " + before["PageAddress"] + " becomes https://photos.example.org" in deployment.plan(named)
    deployment.run(named, again)
    assert deployment.summary(named)[1] == f"DNS    photos.example.org CNAME {before['PageTarget']}"
    assert _leads_back(deployed) == {"https://photos.example.org"}
    deployment.run(deployed.deployment, again)  # a deployment that does not speak of it
    assert _leads_back(deployed) == {"https://photos.example.org"}
    deployment.run(replace(deployed.deployment, domain=Domain("no")), again)
    assert deployed.address == before
    assert _leads_back(deployed) == {before["PageAddress"]}


def _leads_back(deployed: Rehearsal) -> set[str]:
    """Every address of the page that something in the library was told, without what stands behind it."""
    pool, client = deployed.outputs["UserPoolId"], deployed.outputs["UserPoolClientId"]
    told = deployed.client("cognito-idp").describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]
    rules = deployed.client("s3").get_bucket_cors(Bucket=deployed.outputs["OriginalsBucket"])["CORSRules"]
    api = settings.read(deployed.client("ssm"), deployed.place.parameter("api-url"))
    found = {*told["CallbackURLs"], *told["LogoutURLs"], *rules[0]["AllowedOrigins"], api.removesuffix("/api")}
    return {address.rstrip("/") for address in found} | {deployed.deployment.page_address}


def test_a_library_that_was_taken_down_keeps_its_photos_and_comes_back_with_them(deployed: Rehearsal) -> None:
    place, before = deployed.place, dict(deployed.outputs)
    s3 = deployed.client("s3")
    s3.put_object(Bucket=before["OriginalsBucket"], Key="kept.jpg", Body=picture(size=(40, 30)))
    deployed.await_photos("/photos", token=deployed.token)
    photos = deployed.client("dynamodb").scan(TableName=before["PhotosTable"])["Items"]
    assert photos
    ran = deployed.command("destroy", "--yes", "1")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert chalice_state.functions(place) == {}
    assert deployed.client("apigateway").get_rest_apis()["items"] == []
    assert deployed.deployment.stacks.status(place.stack) == deployed.deployment.stacks.status(place.cdn_stack) == ""
    assert s3.head_object(Bucket=before["OriginalsBucket"], Key="kept.jpg")
    plan = deployment.plan(deployed.deployment)
    assert f"   take over UserPool ({before['UserPoolId']})" in plan
    deployment.run(deployed.deployment, STAGES[:2])
    after = deployed.deployment.outputs
    same = ("OriginalsBucket", "DerivativesBucket", "PhotosTable", "TrendsTable", "UserPoolId")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert deployed.client("dynamodb").scan(TableName=after["PhotosTable"])["Items"] == photos
    assert users.has_owner(place)
    assert deployed.deployment.stacks.prepare(place.stack, TEMPLATE, {"Stage": STAGE, "AlarmEmail": EMAIL}) == []


def test_a_library_goes_for_ever_where_that_is_said_twice(deployed: Rehearsal) -> None:
    ran = deployed.command("destroy", "--yes", "1", "--originals", "delete")
    assert (ran.returncode, deployed.deployment.stacks.status(deployed.place.stack)) == (1, "UPDATE_COMPLETE")
    for _ in range(2):  # once more, as after a failure
        ran = deployed.command("destroy", "--yes", "1", "--originals", "delete", "--confirm", STAGE)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert deployed.client("s3").list_buckets()["Buckets"] == []
    assert deployed.client("dynamodb").list_tables()["TableNames"] == []
    assert deployed.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"] == []
    assert deployed.client("sns").list_topics()["Topics"] == []
    assert deployed.client("sqs").list_queues().get("QueueUrls", []) == []
    assert deployed.client("iam").list_roles()["Roles"] == []
    assert deployed.client("events").list_rules()["Rules"] == []
    assert deployed.client("ssm").describe_parameters()["Parameters"] == []
