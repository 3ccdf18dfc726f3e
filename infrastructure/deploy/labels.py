"""Which labeler a library has: LABELS of the command, which later deployments keep."""

from infrastructure.deploy import settings
from infrastructure.deploy.target import Target

VISION, REKOGNITION, NONE = "vision", "rekognition", "none"
CHOICES = (VISION, REKOGNITION, NONE)  # the values of the app's setting `labeler`
SETTING = "labels"  # of the deployment: the functions get it as environment variable


def choose(target: Target, requested: str) -> str:
    """The labeler requested, else the current one, else vision."""
    return requested or settings.read(target.client("ssm"), target.parameter_name(SETTING)) or VISION


def keep(target: Target, choice: str) -> None:
    """Keep the choice for later deployments."""
    settings.write(target, SETTING, choice)
