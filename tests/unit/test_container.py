import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import Libraries, bundles_queue, originals_bucket
from chalicelib.container import Library, new_id, now
from chalicelib.errors import NotConfigured, Unavailable
from chalicelib.settings import build
from tests.contract.test_cloudfront_urls import PRIVATE, setting
from tests.unit.test_settings import WHOLE

PROJECT = Path(__file__).parents[2]
STAGE = {"TINTYPE_STAGE": "test"}
HEAVY = ("PIL", "boto3", "botocore", "jwt", "cryptography", "python_multipart", "thumbhash")


class Parameters:
    """The parameter store: what it holds can be changed, and it can be out of order."""

    def __init__(self, **held: str) -> None:
        self.held, self.asked, self.broken = WHOLE | held, list[str](), False

    def get_paginator(self, _: str) -> Any:
        return SimpleNamespace(paginate=self.paginate)

    def paginate(self, *, Path: str, WithDecryption: bool) -> Iterator[dict[str, Any]]:  # noqa: N803 (botocore's names)
        self.asked.append(Path)
        if self.broken:
            raise Unavailable("The parameter store does not answer.")
        yield {"Parameters": [{"Name": f"{Path}/{name}", "Value": value} for name, value in self.held.items()]}


class OnlyParameters(Clients):
    """Clients of which nothing but the parameter store is needed."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__()
        self.parameters = parameters

    def get(self, service: str) -> Any:
        assert service == "ssm"
        return self.parameters


def run(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A fresh process in the project, with nothing else in its environment."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environ, cwd=PROJECT, capture_output=True, text=True, check=False)


def said(code: str) -> str:
    """What it says where everything is configured."""
    ended = run(code, TINTYPE_STAGE="test", TINTYPE_ORIGINALS_BUCKET="originals", TINTYPE_BUNDLES_QUEUE="bundles")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_importing_the_app_loads_nothing_that_only_some_calls_need() -> None:
    loaded = f"import sys, app; print([name for name in {HEAVY} if name in sys.modules])"
    assert said(loaded) == "[]"


def test_no_module_loads_pillow_before_an_image_is_processed() -> None:
    modules = (
        "routes.serializers, chalicelib.routes.uploads, chalicelib.http.multipart, chalicelib.library.queries, "
        "chalicelib.routes.gallery, chalicelib.ingest.uploads, chalicelib.maintenance.sweep, "
        "chalicelib.maintenance.recount, chalicelib.ingest.processing, chalicelib.ingest.ingest"
    )
    assert said(f"import sys, chalicelib.{modules}; print('PIL' in sys.modules)") == "False"


def test_the_app_wants_to_know_its_bucket_when_it_is_imported() -> None:
    complaint = run("import app").stderr
    assert "TINTYPE_ORIGINALS_BUCKET not configured" in complaint
    assert "make run" in complaint


def test_the_bucket_whose_events_arrive_is_named_by_the_environment() -> None:
    assert originals_bucket({"TINTYPE_ORIGINALS_BUCKET": "b"}) == "b"
    for nothing in ({}, {"TINTYPE_ORIGINALS_BUCKET": ""}):
        with pytest.raises(NotConfigured) as problem:
            originals_bucket(nothing)
        assert problem.value.missing == ("originals-bucket",)


def test_the_queue_of_volumes_is_named_by_the_environment() -> None:
    assert bundles_queue({"TINTYPE_BUNDLES_QUEUE": "q"}) == "q"
    with pytest.raises(NotConfigured, match="TINTYPE_BUNDLES_QUEUE"):
        bundles_queue({})


def test_a_library_is_made_of_the_parameters_of_its_stage_and_kept() -> None:
    parameters = Parameters()
    libraries = Libraries(STAGE, OnlyParameters(parameters))
    assert parameters.asked == []
    first = libraries.current()
    assert first.settings.photos_table == "the photos_table"
    assert libraries.current() is first
    assert parameters.asked == ["/tintype/test"]


def test_the_environment_stands_above_the_parameters() -> None:
    libraries = Libraries(STAGE | {"TINTYPE_PHOTOS_TABLE": "mine"}, OnlyParameters(Parameters()))
    assert libraries.current().settings.photos_table == "mine"


def test_a_process_without_a_stage_asks_nobody() -> None:
    parameters = Parameters()
    with pytest.raises(NotConfigured):
        Libraries({}, OnlyParameters(parameters)).current()
    assert parameters.asked == []


def test_a_setting_that_is_missing_is_told_at_every_call_until_it_is_there() -> None:
    parameters = Parameters()
    link_secret = parameters.held.pop("link-secret")
    libraries = Libraries(STAGE, OnlyParameters(parameters))
    for _ in range(2):
        with pytest.raises(NotConfigured) as problem:
            libraries.current()
        assert problem.value.missing == ("/tintype/test/link-secret",)
    parameters.held["link-secret"] = link_secret
    assert libraries.current().settings.link_secret == link_secret


def test_a_parameter_store_that_is_out_of_order_is_named_with_what_to_do() -> None:
    parameters = Parameters()
    parameters.broken = True
    with pytest.raises(Unavailable, match="make services"):
        Libraries(STAGE, OnlyParameters(parameters)).current()


def test_new_settings_are_a_new_library_and_the_same_ones_are_not() -> None:
    time, parameters = [0.0], Parameters()
    libraries = Libraries(STAGE, OnlyParameters(parameters), clock=lambda: time[0])
    first = libraries.current()
    time[0] += 301
    assert libraries.current() is first
    parameters.held["default-status"] = "public"
    time[0] += 301
    assert libraries.current() is not first
    assert libraries.current().settings.default_status == "public"


def test_each_client_is_made_once_even_by_many_at_once() -> None:
    made = list[str]()

    class Session:
        def client(self, service: str, config: Any) -> object:
            made.append(service)
            return object()

    clients, got = Clients(Session()), set[int]()
    threads = [threading.Thread(target=lambda: got.add(id(clients.get("s3")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, len(got)) == (["s3"], 1)
    assert clients.get("dynamodb") is not clients.get("s3")


@pytest.mark.parametrize("service", ["s3", "dynamodb", "ssm"])
def test_every_client_has_its_patience_and_its_retries(service: str) -> None:
    told = list[Any]()

    class Session:
        def client(self, service: str, config: Any) -> object:
            told.append(config)
            return object()

    Clients(Session()).get(service)
    (config,) = told
    assert 0 < config.connect_timeout <= 5
    assert 0 < config.read_timeout <= 20
    assert config.retries["mode"] == "standard"


def test_rooms_are_furnished_once() -> None:
    library = Library(Libraries(STAGE, OnlyParameters(Parameters())).current().settings, Clients())
    assert library.tables is library.tables
    assert library.tables.photos == "the photos_table"


def test_images_are_signed_for_cloudfront_where_it_stands_before_them_and_else_for_s3() -> None:
    clients = Clients(boto3.Session("test", "test", region_name="eu-west-1"))
    told = {"image-base-url": "https://images.example.org", "image-key": setting("K1", PRIVATE)}
    for some in ({}, {"image-base-url": told["image-base-url"]}, {"image-key": told["image-key"]}):
        library = Library(build("test", WHOLE | {"derivatives-bucket": "derived"} | some, {}), clients)
        assert library.image_urls.sign("k").startswith("https://s3.eu-west-1.amazonaws.com/derived/k?")
    library = Library(build("test", WHOLE | told, {}), clients)
    assert library.image_urls.sign("k").startswith("https://images.example.org/k?Expires=")
    assert library.image_urls is library.image_urls


def test_ids_are_32_hex_digits_and_times_are_in_utc() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in ids)
    assert now().utcoffset() is not None
    assert not now().utcoffset()
