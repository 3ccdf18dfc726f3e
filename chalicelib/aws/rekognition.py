"""The labeller of AWS: Rekognition, with a Custom Labels model beside it where there is one.

It is asked with the preview's pixels as JPEG, for it reads neither WebP nor the originals bucket. Whatever it
answers, the photo is not kept waiting: a picture it cannot look at has no labels, and all else is Unavailable.
What a person must put right is logged as an error that says how, for nobody else will hear of it.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Invalid, Unavailable
from chalicelib.ingest.labeling import MAX_LABELS, Label, PhotoMetadata
from chalicelib.library.photo import clean_tag
from chalicelib.observability import logger

# https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MIN_SIDE = 80
# At 85 the worst preview, 1600 x 1600 of pure noise, has 1.9 MB; Rekognition takes 5 MB, a model of one's own 4 MB.
JPEG_QUALITY = 85

UNSUPPORTED_IMAGE_CODES = frozenset({"ImageTooLargeException", "InvalidImageFormatException"})
ADVICE = {
    "AccessDeniedException": "The policies of ingest_photo and sweep must allow this operation: deploy those that are "
    "in .chalice/ again. A model must belong to the same account.",
    "InvalidParameterException": "Is custom-labels-arn a Custom Labels model of this account and region?",
    "ResourceNotFoundException": "There is no such model in this region: correct the setting custom-labels-arn, or "
    "delete it.",
    "ResourceNotReadyException": "The model of custom-labels-arn is not running: start it (aws rekognition "
    "start-project-version), or delete the setting.",
}
DEFAULT_ADVICE = "To go on without Rekognition meanwhile, set labeller to local."


@dataclass(frozen=True, slots=True)
class RekognitionLabeler:
    """Rekognition through a ready client; `min_confidence` 0 to 100, `model` the ARN of a project version, or empty."""

    client: Any
    min_confidence: float
    model_arn: str = ""

    def detect(self, preview: bytes, facts: PhotoMetadata) -> tuple[Label, ...]:  # noqa: ARG002 - it looks at pixels only
        """The most certain labels of both."""
        image = {"Bytes": _to_jpeg(preview)}
        # The model first: stopped models are common, and the other answer would be paid again at each new attempt.
        own = self._detect_custom_labels(image) if self.model_arn else []
        return _most_confident([*own, *self._detect_labels(image)])

    def _detect_labels(self, image: dict[str, bytes]) -> list[Any]:
        # What is asked beside the picture was checked with the settings: a parameter that is not liked is the picture.
        answer = self._call(
            "detect_labels",
            UNSUPPORTED_IMAGE_CODES | {"InvalidParameterException"},
            Image=image,
            MaxLabels=MAX_LABELS,
            MinConfidence=self.min_confidence,
        )
        return list(answer.get("Labels", []))

    def _detect_custom_labels(self, image: dict[str, bytes]) -> list[Any]:
        # No MaxResults: a model that finds places answers the same word for each, and ten sheep hide the dog.
        answer = self._call(
            "detect_custom_labels",
            UNSUPPORTED_IMAGE_CODES,
            ProjectVersionArn=self.model_arn,
            Image=image,
            MinConfidence=self.min_confidence,
        )
        return list(answer.get("CustomLabels", []))

    def _call(self, operation: str, unsuitable: frozenset[str], **question: Any) -> Any:
        """The answer, an empty one for a picture that does not suit; raises Unavailable for everything else."""
        try:
            with translate_transient_errors():
                return getattr(self.client, operation)(**question)
        except Unavailable as outage:
            told = {"operation": operation, "cause": _cause(outage.__cause__)}
            logger().warning("Rekognition did not answer; the labels come later", extra=told)
            raise
        except (ClientError, BotoCoreError) as refusal:
            cause = _cause(refusal)
            if cause in unsuitable:
                return {}
            told = {"operation": operation, "cause": cause, "what_to_do": ADVICE.get(cause, DEFAULT_ADVICE)}
            logger().error("Rekognition refused; photos are published without labels until this is mended", extra=told)
            raise Unavailable("Rekognition refused to look at a photo.") from refusal


def _cause(error: BaseException | None) -> str:
    return error_code(error) if isinstance(error, ClientError) else type(error).__name__


def _to_jpeg(preview: bytes) -> bytes:
    """The preview as Rekognition takes it: JPEG, on a white field where it is transparent or too narrow."""
    from PIL import Image

    with Image.open(BytesIO(preview)) as image:
        picture = image.convert("RGBA")
    field = Image.new("RGB", (max(picture.width, MIN_SIDE), max(picture.height, MIN_SIDE)), "white")
    field.paste(picture, ((field.width - picture.width) // 2, (field.height - picture.height) // 2), picture)
    data = BytesIO()
    field.save(data, "JPEG", quality=JPEG_QUALITY)
    return data.getvalue()


def _most_confident(answers: Iterable[Any]) -> tuple[Label, ...]:
    """Each name once, with its highest confidence."""
    found: dict[str, Label] = {}
    for label in _parse_labels(answers):
        if label.name not in found or found[label.name].confidence < label.confidence:
            found[label.name] = label
    return tuple(sorted(found.values(), key=lambda label: (-label.confidence, label.name))[:MAX_LABELS])


def _parse_labels(answers: Iterable[Any]) -> Iterator[Label]:
    """Labels under names that can be tags; the models of some people have names that cannot."""
    for answer in answers:
        with suppress(Invalid):
            yield Label(clean_tag(answer["Name"]), float(answer["Confidence"]))
