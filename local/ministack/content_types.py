"""Tells MiniStack the protocols of the services that a library uses.

Otherwise it loads botocore and the whole model of each service to learn what content type its responses have: a third
of the time of starting a library.
"""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

# As in the metadata of botocore's models, by MiniStack's names of the services.
METADATA: Mapping[str, Mapping[str, str]] = {
    "cloudformation": {"protocol": "query"},
    "cognito-idp": {"protocol": "json", "jsonVersion": "1.1"},
    "dynamodb": {"protocol": "json", "jsonVersion": "1.0"},
    "s3": {"protocol": "rest-xml"},
    "sns": {"protocol": "query"},
    "sqs": {"protocol": "json", "jsonVersion": "1.0"},
    "ssm": {"protocol": "json", "jsonVersion": "1.1"},
}


def patch_service_model(service_model: Callable[[str], Any]) -> Callable[[str], Any]:
    """MiniStack's function, with nothing but these metadata for these services."""

    def patched(service: str) -> Any:
        metadata = METADATA.get(service)
        return SimpleNamespace(metadata=metadata) if metadata else service_model(service)

    return patched
