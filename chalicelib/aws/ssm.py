"""The parameter store: everything below one path, secrets decrypted."""

from dataclasses import dataclass
from typing import Any

from chalicelib.aws.errors import passing_as_unavailable


@dataclass(frozen=True, slots=True)
class Parameters:
    """A stage's parameters in SSM."""

    client: Any

    def below(self, path: str) -> dict[str, str]:
        """Values by the last segment of their name; `path` ends without a slash."""
        found: dict[str, str] = {}
        with passing_as_unavailable():
            for page in self.client.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True):
                found |= {p["Name"].rpartition("/")[2]: p["Value"] for p in page["Parameters"]}
        return found
