"""The Rekognition labeler, with a Custom Labels model if one is configured.

It sends the preview as JPEG, because Rekognition does not read WebP. An image that Rekognition rejects has no labels;
every other failure is Unavailable, and the photo is published without labels for now. Errors that an operator must
fix are logged with instructions.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Invalid, Unavailable
from chalicelib.labels.labeler import MAX_LABELS, Detection, PhotoMetadata
from chalicelib.library.label import Label
from chalicelib.library.photo import clean_tag
from chalicelib.observability import logger

if TYPE_CHECKING:
    from PIL.Image import Image

# https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MIN_SIDE = 80
# At 85 the worst preview, 1600 x 1600 of pure noise, has 1.9 MB; Rekognition takes 5 MB, Custom Labels 4 MB.
JPEG_QUALITY = 85

UNSUPPORTED_IMAGE_CODES = frozenset({"ImageTooLargeException", "InvalidImageFormatException"})
ADVICE = {
    "AccessDeniedException": "The policies of ingest_photo and sweep must allow this operation: run `make deploy` with "
    "LABELS=rekognition. A model must belong to the same account.",
    "InvalidParameterException": "Is custom-labels-arn a Custom Labels model of this account and region?",
    "ResourceNotFoundException": "There is no such model in this region: correct the setting custom-labels-arn, or "
    "delete it.",
    "ResourceNotReadyException": "The model of custom-labels-arn is not running: start it (aws rekognition "
    "start-project-version), or delete the setting.",
}
DEFAULT_ADVICE = "To continue without Rekognition, run `make deploy` with LABELS=vision."


@dataclass(frozen=True, slots=True)
class RekognitionLabeler:
    """`min_confidence` is 0 to 100; `model_arn` is the ARN of a Custom Labels project version, or empty."""

    client: Any
    min_confidence: float
    model_arn: str = ""

    @property
    def version(self) -> str:
        """The settings that decide: which models Rekognition uses changes without notice."""
        return " ".join(filter(None, ("rekognition", f"{self.min_confidence:g}", self.model_arn)))

    @property
    def derivative(self) -> str:
        """The preview: Rekognition finds more in larger images."""
        return "preview"

    @property
    def follows_time(self) -> bool:
        """Never: it knows only the image."""
        return False

    def detect(self, image: "Image", metadata: PhotoMetadata) -> Detection:  # noqa: ARG002 - needs only the pixels
        """The most confident labels of both models."""
        jpeg = {"Bytes": _to_jpeg(image)}
        # The custom model first: it is often stopped, and each retry would pay for the other request again.
        custom = self._detect_custom_labels(jpeg) if self.model_arn else []
        return Detection(_most_confident([*custom, *self._detect_labels(jpeg)]))

    def _detect_labels(self, image: dict[str, bytes]) -> list[Any]:
        # The settings validate the other parameters, so an invalid parameter means the image.
        response = self._call(
            "detect_labels",
            UNSUPPORTED_IMAGE_CODES | {"InvalidParameterException"},
            Image=image,
            MaxLabels=MAX_LABELS,
            MinConfidence=self.min_confidence,
        )
        return list(response.get("Labels", []))

    def _detect_custom_labels(self, image: dict[str, bytes]) -> list[Any]:
        # No MaxResults: an object-detection model repeats a label for each object found, and would crowd out others.
        response = self._call(
            "detect_custom_labels",
            UNSUPPORTED_IMAGE_CODES,
            ProjectVersionArn=self.model_arn,
            Image=image,
            MinConfidence=self.min_confidence,
        )
        return list(response.get("CustomLabels", []))

    def _call(self, operation: str, unsupported: frozenset[str], **parameters: Any) -> Any:
        """The response, empty if Rekognition rejects the image; raises Unavailable for any other error."""
        try:
            with translate_transient_errors():
                return getattr(self.client, operation)(**parameters)
        except Unavailable as error:
            details = {"operation": operation, "cause": _cause(error.__cause__)}
            logger().warning("Rekognition did not respond; labels will be added later", extra=details)
            raise
        except (ClientError, BotoCoreError) as error:
            cause = _cause(error)
            if cause in unsupported:
                return {}
            details = {"operation": operation, "cause": cause, "what_to_do": ADVICE.get(cause, DEFAULT_ADVICE)}
            logger().error("Rekognition failed; photos have no labels until this is fixed", extra=details)
            raise Unavailable("Rekognition rejected a request.") from error


def _cause(error: BaseException | None) -> str:
    return error_code(error) if isinstance(error, ClientError) else type(error).__name__


def _to_jpeg(image: "Image") -> bytes:
    """The image as JPEG, on a white background if it is transparent or smaller than the minimum size."""
    from PIL import Image

    picture = image.convert("RGBA")
    field = Image.new("RGB", (max(picture.width, MIN_SIDE), max(picture.height, MIN_SIDE)), "white")
    field.paste(picture, ((field.width - picture.width) // 2, (field.height - picture.height) // 2), picture)
    data = BytesIO()
    field.save(data, "JPEG", quality=JPEG_QUALITY)
    return data.getvalue()


def _most_confident(detections: Iterable[Any]) -> tuple[Label, ...]:
    """Each name once, with its highest confidence."""
    found: dict[str, Label] = {}
    for label in _parse_labels(detections):
        if label.name not in found or found[label.name].confidence < label.confidence:
            found[label.name] = label
    return tuple(sorted(found.values(), key=lambda label: (-label.confidence, label.name))[:MAX_LABELS])


def _parse_labels(detections: Iterable[Any]) -> Iterator[Label]:
    """The labels whose names are valid tags; a custom model may have others."""
    for detection in detections:
        with suppress(Invalid):
            parents = tuple(clean_tag(parent["Name"]) for parent in detection.get("Parents", ()))
            yield Label(clean_tag(detection["Name"]), round(float(detection["Confidence"]), 1), parents)
