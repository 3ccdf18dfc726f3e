"""The port to whoever looks at photos, held to one suite over the fake, the local labeller and Rekognition."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PIL import Image

from chalicelib.aws.rekognition import RekognitionLabeler
from chalicelib.errors import Unavailable
from chalicelib.ingest.labeling import MAX_LABELS, Labeler, LocalLabeler, PhotoMetadata
from chalicelib.library.photo import clean_tag
from tests.contract.rekognition_client import MODEL, client_of
from tests.fakes.processing import FixedLabeler
from tests.fakes.rekognition import LABELS, OWN_LABELS, fake_rekognition, found, refused
from tests.support.images import samples

FACTS = PhotoMetadata(datetime(2024, 6, 15, 10, tzinfo=UTC), "Canon EOS 40D", 640, 480)


@dataclass
class Looking:
    """A labeller of each kind, and the switch that puts it out of order."""

    labeller: Labeler
    fail: Callable[[], None]


@pytest.fixture(params=["fake", "local", "rekognition"])
def looking(request: pytest.FixtureRequest) -> Iterator[Looking]:
    if request.param == "fake":
        one = FixedLabeler()
        yield Looking(one, lambda: setattr(one, "broken", True))
    elif request.param == "local":
        yield Looking(LocalLabeler(), lambda: None)
    else:
        with fake_rekognition() as service, client_of(service) as client:
            service.answers(LABELS, found(LABELS, {f"Thing {n}": 99.0 - n for n in range(10)}))
            service.answers(OWN_LABELS, found(OWN_LABELS, {"thing 3": 99.9, "GRANDMA": 70.0}))
            yield Looking(
                RekognitionLabeler(client, 70.0, MODEL),
                lambda: service.answers(LABELS, refused("InternalServerError", 500)),
            )


PREVIEWS = {
    "ordinary": samples.quarters(),
    "as large as they come": samples.quarters((1600, 1200)),
    "transparent": Image.new("RGBA", (400, 300), (220, 20, 20, 0)),
    "one pixel": samples.quarters((1, 1)),
    "a line": samples.quarters((1, 1600)),
}


@pytest.mark.parametrize("kind", PREVIEWS)
def test_labels_are_limited_sorted_by_confidence_and_valid_tags(looking: Looking, kind: str) -> None:
    labels = looking.labeller.detect(samples.encoded(PREVIEWS[kind], "WEBP", lossless=False), FACTS)
    assert 0 < len(labels) <= MAX_LABELS
    assert [label.confidence for label in labels] == sorted((label.confidence for label in labels), reverse=True)
    names = [label.name for label in labels]
    assert len(set(names)) == len(names)
    assert [clean_tag(name) for name in names] == names
    assert all(0 < label.confidence <= 100 for label in labels)


def test_same_photo_gets_same_labels(looking: Looking) -> None:
    preview = samples.encoded(samples.quarters(), "WEBP")
    assert looking.labeller.detect(preview, FACTS) == looking.labeller.detect(preview, FACTS)


@pytest.mark.parametrize("looking", ["fake", "rekognition"], indirect=True)  # the local one is never out
def test_unreachable_labeler_raises_unavailable(looking: Looking) -> None:
    looking.fail()
    with pytest.raises(Unavailable):
        looking.labeller.detect(samples.encoded(samples.quarters(), "WEBP"), FACTS)
