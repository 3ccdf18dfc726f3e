"""The parameter store: everything below one path, secrets decrypted."""

from dataclasses import dataclass
from typing import Any

from chalicelib.aws.errors import translate_transient_errors


@dataclass(frozen=True, slots=True)
class ParameterStore:
    """A stage's parameters in SSM."""

    client: Any

    def get_all(self, path: str) -> dict[str, str]:
        """Values by the last segment of their name; `path` ends without a slash."""
        found: dict[str, str] = {}
        with translate_transient_errors():
            for page in self.client.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True):
                found |= {p["Name"].rpartition("/")[2]: p["Value"] for p in page["Parameters"]}
        return found
