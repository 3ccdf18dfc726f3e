"""The SSM parameter store."""

from dataclasses import dataclass
from typing import Any

from chalicelib.aws.errors import translate_credential_errors, translate_transient_errors


@dataclass(frozen=True, slots=True)
class ParameterStore:
    """Reads the parameters of a stage from SSM."""

    client: Any

    def get_all(self, path: str) -> dict[str, str]:
        """All decrypted values below `path` (no trailing slash), by the last segment of their names.

        Raises Unavailable, also if the access key is missing or wrong.
        """
        found: dict[str, str] = {}
        with translate_credential_errors(), translate_transient_errors():
            for page in self.client.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True):
                found |= {p["Name"].rpartition("/")[2]: p["Value"] for p in page["Parameters"]}
        return found
