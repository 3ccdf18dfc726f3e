"""Requests to Rekognition and the handling of its responses, with a real client and a fake service."""

import os
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import boto3
import pytest
from PIL import Image, ImageChops, ImageStat

from chalicelib.aws.rekognition import RekognitionLabeler
from chalicelib.errors import Unavailable
from chalicelib.images.geometry import PREVIEW_SIDE
from chalicelib.labels.labeler import PhotoMetadata
from chalicelib.library.label import Label
from local.ports import free_ports
from tests.contract.rekognition_client import MODEL, client_of
from tests.fakes.rekognition import (
    CUSTOM_LABELS,
    LABELS,
    NO_RESPONSE,
    FakeRekognition,
    error_response,
    fake_rekognition,
    labels_response,
)
from tests.support.images import samples

FACTS = PhotoMetadata(None, 640, 480)
PREVIEW = samples.quarters()
BEACH = (Label("beach", 99.1), Label("sea", 97.5), Label("palm tree", 81.2))


@pytest.fixture
def service() -> Iterator[FakeRekognition]:
    with fake_rekognition() as running:
        yield running


@pytest.fixture
def client(service: FakeRekognition) -> Iterator[Any]:
    with client_of(service) as made:
        yield made


@pytest.fixture
def single_attempt_client(service: FakeRekognition) -> Iterator[Any]:
    """A client without retries."""
    with client_of(service, attempts=1) as made:
        yield made


def names(labels: tuple[Label, ...]) -> list[str]:
    return [label.name for label in labels]


def test_request_has_limits_and_the_preview_as_jpeg(service: FakeRekognition, client: Any) -> None:
    assert RekognitionLabeler(client, 62.5).detect(PREVIEW, FACTS).labels == BEACH
    (recorded,) = service.requests
    assert recorded.operation == LABELS
    assert set(recorded.parameters) == {"Image", "MaxLabels", "MinConfidence"}
    assert (recorded.parameters["MaxLabels"], recorded.parameters["MinConfidence"]) == (10, 62.5)
    assert set(recorded.parameters["Image"]) == {"Bytes"}
    assert recorded.image_bytes.startswith(b"\xff\xd8\xff")
    assert recorded.image.size == (640, 480)
    shift = ImageChops.difference(recorded.image, samples.quarters())
    assert max(ImageStat.Stat(shift).mean) < 4


def test_transparent_pixels_are_white(service: FakeRekognition, client: Any) -> None:
    RekognitionLabeler(client, 70).detect(Image.open(BytesIO(samples.transparent(form="WEBP"))), FACTS)
    (recorded,) = service.requests
    assert min(samples.color_at(recorded.image, 10, 10)) > 250
    assert samples.color_at(recorded.image, 320, 240)[1] > 150


@pytest.mark.parametrize(("size", "sent"), [((9, 9), (80, 80)), ((1600, 9), (1600, 80)), ((79, 200), (80, 200))])
def test_narrow_image_is_padded_with_white(
    service: FakeRekognition, client: Any, size: tuple[int, int], sent: tuple[int, int]
) -> None:
    black = Image.new("RGB", size)
    assert RekognitionLabeler(client, 70).detect(black, FACTS).labels == BEACH
    (recorded,) = service.requests
    assert recorded.image.size == sent
    assert max(samples.color_at(recorded.image, sent[0] // 2, sent[1] // 2)) < 60


def test_image_of_noise_stays_within_the_size_limit(service: FakeRekognition, client: Any) -> None:
    side = PREVIEW_SIDE
    noise = Image.frombytes("RGB", (side, side), os.urandom(side * side * 3))
    RekognitionLabeler(client, 70).detect(noise, FACTS)
    (recorded,) = service.requests
    assert 1_000_000 < len(recorded.image_bytes) < 4_000_000


def test_label_names_are_normalized_and_invalid_ones_are_dropped(service: FakeRekognition, client: Any) -> None:
    answer = {"  Palm   TREE ": 90.0, "x" * 65: 89.0, " ": 88.0, "!secret": 87.0, "ＣＡＦÉ": 86.0, "palm tree": 95.0}
    service.respond_with(LABELS, labels_response(LABELS, answer))
    labels = RekognitionLabeler(client, 70).detect(PREVIEW, FACTS).labels
    assert labels == (Label("palm tree", 95.0), Label("café", 86.0))


def test_custom_labels_are_merged_by_confidence_up_to_ten(service: FakeRekognition, client: Any) -> None:
    service.respond_with(LABELS, labels_response(LABELS, {f"Thing {n}": 90.0 - n for n in range(10)}))
    service.respond_with(CUSTOM_LABELS, labels_response(CUSTOM_LABELS, {"Grandma": 99.0, "Rex": 85.5, "Thing 0": 50.0}))
    labels = RekognitionLabeler(client, 70, MODEL).detect(PREVIEW, FACTS).labels
    assert names(labels) == ["grandma", *(f"thing {n}" for n in range(5)), "rex", "thing 5", "thing 6", "thing 7"]
    assert labels[1].confidence == 90.0
    asked = {recorded.operation: recorded for recorded in service.requests}
    assert asked[CUSTOM_LABELS].parameters["ProjectVersionArn"] == MODEL
    assert asked[CUSTOM_LABELS].parameters["MinConfidence"] == 70
    assert asked[CUSTOM_LABELS].image_bytes == asked[LABELS].image_bytes


def test_repeated_custom_label_is_unique_and_hides_no_other(service: FakeRekognition, client: Any) -> None:
    flock = [{"Name": "Sheep", "Confidence": 99.0 - n} for n in range(12)] + [{"Name": "Dog", "Confidence": 80.0}]
    service.respond_with(CUSTOM_LABELS, (200, {"CustomLabels": flock}))
    labels = RekognitionLabeler(client, 70, MODEL).detect(PREVIEW, FACTS).labels
    assert names(labels) == ["beach", "sheep", "sea", "palm tree", "dog"]
    assert "MaxResults" not in service.requests[0].parameters


@pytest.mark.parametrize(
    "response",
    [
        error_response("ThrottlingException"),
        error_response("ProvisionedThroughputExceededException"),
        error_response("InternalServerError", 500),
        error_response("ServiceUnavailable", 503),
        NO_RESPONSE,
    ],
    ids=lambda response: response[1]["__type"] if response[1] else "silence",
)
def test_transient_error_is_retried(service: FakeRekognition, client: Any, response: tuple[int, Any]) -> None:
    service.respond_once_with(LABELS, response)
    assert RekognitionLabeler(client, 70).detect(PREVIEW, FACTS).labels == BEACH
    assert service.operations == [LABELS, LABELS]


def test_request_is_tried_three_times(service: FakeRekognition, client: Any) -> None:
    service.respond_with(LABELS, error_response("InternalServerError", 500))
    with pytest.raises(Unavailable):
        RekognitionLabeler(client, 70).detect(PREVIEW, FACTS)
    assert len(service.requests) == 3


@pytest.mark.parametrize(
    "response",
    [error_response("ThrottlingException"), error_response("InternalServerError", 500), (502, {}), NO_RESPONSE],
    ids=["throttled", "inner error", "bad gateway", "silence"],
)
def test_outage_is_logged_as_a_warning(
    service: FakeRekognition, single_attempt_client: Any, response: tuple[int, Any], caplog: pytest.LogCaptureFixture
) -> None:
    service.respond_with(LABELS, response)
    with pytest.raises(Unavailable):
        RekognitionLabeler(single_attempt_client, 70).detect(PREVIEW, FACTS)
    (line,) = caplog.records
    assert (line.levelname, vars(line)["operation"]) == ("WARNING", "detect_labels")


def test_unreachable_service_raises_unavailable(service: FakeRekognition, caplog: pytest.LogCaptureFixture) -> None:
    unreachable_url = f"http://127.0.0.1:{free_ports()[0]}"
    with client_of(service, attempts=1, url=unreachable_url) as client, pytest.raises(Unavailable):
        RekognitionLabeler(client, 70).detect(PREVIEW, FACTS)
    (line,) = caplog.records
    assert vars(line)["cause"] == "EndpointConnectionError"


@pytest.mark.parametrize("code", ["InvalidImageFormatException", "ImageTooLargeException", "InvalidParameterException"])
def test_unsupported_image_has_no_labels(
    service: FakeRekognition, client: Any, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.respond_with(LABELS, error_response(code))
    assert RekognitionLabeler(client, 70).detect(PREVIEW, FACTS).labels == ()
    assert len(service.requests) == 1
    assert not caplog.records


def test_image_unsupported_by_the_custom_model_has_its_other_labels(service: FakeRekognition, client: Any) -> None:
    service.respond_with(CUSTOM_LABELS, error_response("ImageTooLargeException"))
    assert RekognitionLabeler(client, 70, MODEL).detect(PREVIEW, FACTS).labels == BEACH


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "policies of ingest_photo and sweep"),
        ("UnrecognizedClientException", "LABELS=vision"),
        ("SomethingNobodyKnewException", "LABELS=vision"),
    ],
)
def test_configuration_error_is_logged_with_advice(
    service: FakeRekognition, client: Any, code: str, advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.respond_with(LABELS, error_response(code))
    with pytest.raises(Unavailable):
        RekognitionLabeler(client, 70).detect(PREVIEW, FACTS)
    (line,) = caplog.records
    assert (line.levelname, vars(line)["cause"]) == ("ERROR", code)
    assert advice in vars(line)["what_to_do"]
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("ResourceNotReadyException", "not running: start it"),
        ("ResourceNotFoundException", "correct the setting custom-labels-arn"),
        ("InvalidParameterException", "of this account and region?"),
        ("AccessDeniedException", "same account"),
    ],
)
def test_custom_model_error_is_logged_and_skips_the_other_request(
    service: FakeRekognition, client: Any, code: str, advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.respond_with(CUSTOM_LABELS, error_response(code))
    with pytest.raises(Unavailable):
        RekognitionLabeler(client, 70, MODEL).detect(PREVIEW, FACTS)
    (line,) = caplog.records
    assert (line.levelname, vars(line)["operation"]) == ("ERROR", "detect_custom_labels")
    assert advice in vars(line)["what_to_do"]
    assert service.operations == [CUSTOM_LABELS]


def test_missing_credentials_are_logged_as_unavailable(
    service: FakeRekognition, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.Session().client("rekognition", endpoint_url=service.url, region_name="us-east-1")
    with pytest.raises(Unavailable):
        RekognitionLabeler(client, 70).detect(PREVIEW, FACTS)
    (line,) = caplog.records
    assert vars(line)["cause"] == "NoCredentialsError"
    client.close()
