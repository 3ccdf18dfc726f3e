import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest

from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import ContainerProvider, bundles_queue, originals_bucket
from chalicelib.container import Container, new_id, utc_now
from chalicelib.errors import NotConfigured, Unavailable
from chalicelib.labels.labeler import AbsentLabeler
from chalicelib.places import PlaceTable
from chalicelib.settings import build_settings
from tests.contract.test_cloudfront_urls import PRIVATE, setting
from tests.unit.test_settings import PARAMETERS

PROJECT = Path(__file__).parents[2]
STAGE = {"TINTYPE_STAGE": "test"}
HEAVY_MODULES = (
    "PIL",
    "boto3",
    "botocore",
    "jwt",
    "cryptography",
    "python_multipart",
    "thumbhash",
    "chalicelib.places",
)


class Parameters:
    """A parameter store whose values can be changed, and which can fail."""

    def __init__(self, **values: str) -> None:
        self.values, self.requested_paths, self.broken = PARAMETERS | values, list[str](), False

    def get_paginator(self, _: str) -> Any:
        return SimpleNamespace(paginate=self.paginate)

    def paginate(self, *, Path: str, WithDecryption: bool) -> Iterator[dict[str, Any]]:  # noqa: N803 (botocore's names)
        self.requested_paths.append(Path)
        if self.broken:
            raise Unavailable("The parameter store is unavailable.")
        yield {"Parameters": [{"Name": f"{Path}/{name}", "Value": value} for name, value in self.values.items()]}


class ParameterClients(Clients):
    """Clients with the parameter store only."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__()
        self.parameters = parameters

    def get(self, service: str) -> Any:
        assert service == "ssm"
        return self.parameters


def run(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new process, with only these environment variables."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environ, cwd=PROJECT, capture_output=True, text=True, check=False)


def output_of(code: str) -> str:
    """What the code prints if the environment is complete."""
    process = run(code, TINTYPE_STAGE="test", TINTYPE_ORIGINALS_BUCKET="originals", TINTYPE_BUNDLES_QUEUE="bundles")
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


def test_importing_app_loads_no_heavy_modules() -> None:
    loaded = f"import sys, app; print([name for name in {HEAVY_MODULES} if name in sys.modules])"
    assert output_of(loaded) == "[]"


def test_pillow_is_loaded_only_when_an_image_is_processed() -> None:
    modules = (
        "routes.serializers, chalicelib.routes.uploads, chalicelib.http.multipart, chalicelib.library.queries, "
        "chalicelib.routes.gallery, chalicelib.ingest.uploads, chalicelib.maintenance.sweep, "
        "chalicelib.maintenance.recount, chalicelib.ingest.processing, chalicelib.ingest.ingest"
    )
    assert output_of(f"import sys, chalicelib.{modules}; print('PIL' in sys.modules)") == "False"


def test_importing_app_without_a_bucket_raises_not_configured() -> None:
    error = run("import app").stderr
    assert "TINTYPE_ORIGINALS_BUCKET not configured" in error
    assert "make run" in error


def test_originals_bucket_comes_from_the_environment() -> None:
    assert originals_bucket({"TINTYPE_ORIGINALS_BUCKET": "b"}) == "b"
    for nothing in ({}, {"TINTYPE_ORIGINALS_BUCKET": ""}):
        with pytest.raises(NotConfigured) as raised:
            originals_bucket(nothing)
        assert raised.value.missing == ("originals-bucket",)


def test_bundles_queue_comes_from_the_environment() -> None:
    assert bundles_queue({"TINTYPE_BUNDLES_QUEUE": "q"}) == "q"
    with pytest.raises(NotConfigured, match="TINTYPE_BUNDLES_QUEUE"):
        bundles_queue({})


def test_provider_reads_the_parameters_of_its_stage_once() -> None:
    parameters = Parameters()
    provider = ContainerProvider(STAGE, ParameterClients(parameters))
    assert parameters.requested_paths == []
    first = provider.current()
    assert first.settings.photos_table == "the photos_table"
    assert provider.current() is first
    assert parameters.requested_paths == ["/tintype/test"]


def test_environment_overrides_parameters() -> None:
    provider = ContainerProvider(STAGE | {"TINTYPE_PHOTOS_TABLE": "mine"}, ParameterClients(Parameters()))
    assert provider.current().settings.photos_table == "mine"


def test_missing_stage_raises_before_parameters_are_read() -> None:
    parameters = Parameters()
    with pytest.raises(NotConfigured):
        ContainerProvider({}, ParameterClients(parameters)).current()
    assert parameters.requested_paths == []


def test_missing_setting_raises_until_it_is_set() -> None:
    parameters = Parameters()
    link_secret = parameters.values.pop("link-secret")
    provider = ContainerProvider(STAGE, ParameterClients(parameters))
    for _ in range(2):
        with pytest.raises(NotConfigured) as raised:
            provider.current()
        assert raised.value.missing == ("/tintype/test/link-secret",)
    parameters.values["link-secret"] = link_secret
    assert provider.current().settings.link_secret == link_secret


def test_failing_parameter_store_raises_unavailable_with_advice() -> None:
    parameters = Parameters()
    parameters.broken = True
    with pytest.raises(Unavailable, match=r"is unavailable\. On a laptop, start `make services`, and then"):
        ContainerProvider(STAGE, ParameterClients(parameters)).current()


def test_missing_profile_raises_unavailable_until_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_PROFILE", "tintype")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    clients = Clients()
    provider = ContainerProvider(STAGE, clients)
    with pytest.raises(Unavailable, match=r"There is no access key\..*with the command that it prints"):
        provider.current()
    (tmp_path / "credentials").write_text("[tintype]\naws_access_key_id = a\naws_secret_access_key = b\n")
    assert clients.get("ssm").meta.region_name == "us-east-1"


def test_changed_settings_create_a_new_container() -> None:
    time, parameters = [0.0], Parameters()
    provider = ContainerProvider(STAGE, ParameterClients(parameters), clock=lambda: time[0])
    first = provider.current()
    time[0] += 301
    assert provider.current() is first
    parameters.values["default-status"] = "public"
    time[0] += 301
    assert provider.current() is not first
    assert provider.current().settings.default_status == "public"


def test_each_client_is_created_once_by_concurrent_threads() -> None:
    created = list[str]()

    class Session:
        def client(self, service: str, config: Any) -> object:
            created.append(service)
            return Mock()

    clients, ids = Clients(Session()), set[int]()
    threads = [threading.Thread(target=lambda: ids.add(id(clients.get("s3")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (created, len(ids)) == (["s3"], 1)
    assert clients.get("dynamodb") is not clients.get("s3")


@pytest.mark.parametrize("service", ["s3", "dynamodb", "ssm"])
def test_every_client_has_timeouts_and_retries(service: str) -> None:
    configs = list[Any]()

    class Session:
        def client(self, service: str, config: Any) -> object:
            configs.append(config)
            return Mock()

    Clients(Session()).get(service)
    (config,) = configs
    assert 0 < config.connect_timeout <= 5
    assert 0 < config.read_timeout <= 20
    assert config.retries["mode"] == "standard"


def test_services_are_created_once() -> None:
    container = Container(ContainerProvider(STAGE, ParameterClients(Parameters())).current().settings, Clients())
    assert container.tables is container.tables
    assert container.tables.photos == "the photos_table"


def test_image_urls_are_signed_for_cloudfront_if_configured_else_for_s3() -> None:
    clients = Clients(boto3.Session("test", "test", region_name="eu-west-1"))
    cloudfront = {"image-base-url": "https://images.example.org", "image-key": setting("K1", PRIVATE)}
    s3_parameters = PARAMETERS | {"derivatives-bucket": "derived"}
    for some in ({}, {"image-base-url": cloudfront["image-base-url"]}, {"image-key": cloudfront["image-key"]}):
        container = Container(build_settings("test", s3_parameters | some, {}), clients)
        assert container.image_urls.sign("k").startswith("https://s3.eu-west-1.amazonaws.com/derived/k?")
    container = Container(build_settings("test", PARAMETERS | cloudfront, {}), clients)
    assert container.image_urls.sign("k").startswith("https://images.example.org/k?Expires=")
    assert container.image_urls is container.image_urls


def test_ids_are_32_hexadecimal_digits() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in ids)


def test_utc_now_is_in_utc() -> None:
    assert utc_now().tzinfo is UTC


@pytest.mark.parametrize(
    ("labeler", "attributes", "versions", "follows_time"),
    [
        ("vision", "yes", ["vision", "attributes"], True),
        ("vision", "no", ["vision"], False),
        ("rekognition", "yes", ["rekognition", "attributes"], True),
        ("none", "yes", ["attributes"], True),
        ("none", "no", ["none"], False),
    ],
)
def test_settings_select_labelers(labeler: str, attributes: str, versions: list[str], follows_time: bool) -> None:
    settings = build_settings("test", PARAMETERS | {"labeler": labeler, "label-attributes": attributes}, {})
    container = Container(settings, SimpleNamespace(get=Mock()))  # type: ignore[arg-type]  # of Clients
    version = container.labeler.version
    assert [name for name in ("vision", "rekognition", "attributes", "none") if name in version] == versions
    assert container.labeler.follows_time is follows_time


def test_places_are_found_by_one_table_unless_the_settings_turn_them_off() -> None:
    def container(places: str) -> Container:
        settings = build_settings("test", PARAMETERS | {"places": places}, {})
        return Container(settings, SimpleNamespace(get=Mock()))  # type: ignore[arg-type]  # of Clients

    on = container("yes")
    assert isinstance(on.place_table, PlaceTable)
    assert on.place_table is on.place_table
    assert container("no").place_table is None


@pytest.mark.parametrize(
    ("labeler", "function", "is_queued"),
    [
        ("vision", "tintype-prod-ingest_photo", True),
        ("vision", "", False),  # a laptop, and that function itself
        ("rekognition", "tintype-prod-ingest_photo", False),
        ("none", "tintype-prod-ingest_photo", False),
    ],
)
def test_only_the_vision_model_is_left_to_the_ingest_function(labeler: str, function: str, is_queued: bool) -> None:
    settings = build_settings("test", PARAMETERS | {"labeler": labeler}, {"TINTYPE_INGEST_FUNCTION": function})
    container = Container(settings, SimpleNamespace(get=Mock()))  # type: ignore[arg-type]  # of Clients
    assert (container.sweep.labeling_queue is not None) is is_queued
    assert isinstance(container.labeler, AbsentLabeler) is is_queued
