"""The labeler port over the fake, the attributes and Rekognition."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PIL import Image

from chalicelib.aws.rekognition import RekognitionLabeler
from chalicelib.errors import Unavailable
from chalicelib.labels.attributes import AttributeLabeler
from chalicelib.labels.labeler import MAX_LABELS, Labeler, PhotoMetadata
from chalicelib.library.photo import clean_tag
from tests.contract.rekognition_client import MODEL, client_of
from tests.fakes.processing import FixedLabeler
from tests.fakes.rekognition import CUSTOM_LABELS, LABELS, error_response, fake_rekognition, labels_response
from tests.support.images import samples

FACTS = PhotoMetadata(datetime(2024, 6, 15, 10, tzinfo=UTC), 640, 480)


@dataclass
class LabelerFixture:
    """A labeler, and a function that makes it unavailable."""

    labeler: Labeler
    fail: Callable[[], None]


@pytest.fixture(params=["fake", "attributes", "rekognition"])
def fixture(request: pytest.FixtureRequest) -> Iterator[LabelerFixture]:
    if request.param == "fake":
        one = FixedLabeler()
        yield LabelerFixture(one, lambda: setattr(one, "broken", True))
    elif request.param == "attributes":
        yield LabelerFixture(AttributeLabeler(), lambda: None)
    else:
        with fake_rekognition() as service, client_of(service) as client:
            service.respond_with(LABELS, labels_response(LABELS, {f"Thing {n}": 99.0 - n for n in range(10)}))
            service.respond_with(CUSTOM_LABELS, labels_response(CUSTOM_LABELS, {"thing 3": 99.9, "GRANDMA": 70.0}))
            yield LabelerFixture(
                RekognitionLabeler(client, 70.0, MODEL),
                lambda: service.respond_with(LABELS, error_response("InternalServerError", 500)),
            )


PREVIEWS = {
    "ordinary": samples.quarters(),
    "maximum size": samples.quarters((1600, 1200)),
    "transparent": Image.new("RGBA", (400, 300), (220, 20, 20, 0)),
    "one pixel": samples.quarters((1, 1)),
    "a line": samples.quarters((1, 1600)),
}


@pytest.mark.parametrize("kind", PREVIEWS)
def test_labels_are_limited_sorted_by_confidence_and_valid_tags(fixture: LabelerFixture, kind: str) -> None:
    labels = fixture.labeler.detect(PREVIEWS[kind], FACTS).labels
    assert 0 < len(labels) <= MAX_LABELS
    assert [label.confidence for label in labels] == sorted((label.confidence for label in labels), reverse=True)
    names = [label.name for label in labels]
    assert len(set(names)) == len(names)
    assert [clean_tag(name) for name in names] == names
    assert all(0 < label.confidence <= 100 for label in labels)


def test_same_photo_gets_same_labels(fixture: LabelerFixture) -> None:
    preview = samples.quarters()
    assert fixture.labeler.detect(preview, FACTS) == fixture.labeler.detect(preview, FACTS)


@pytest.mark.parametrize("fixture", ["fake", "rekognition"], indirect=True)  # attributes are always available
def test_unreachable_labeler_raises_unavailable(fixture: LabelerFixture) -> None:
    fixture.fail()
    with pytest.raises(Unavailable):
        fixture.labeler.detect(samples.quarters(), FACTS)
