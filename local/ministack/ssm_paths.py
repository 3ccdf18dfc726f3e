"""Reading parameters by path, as IAM is asked for it: MiniStack 1.5 asks for every resource, AWS for the path's own."""

import json
from collections.abc import Callable, Mapping
from typing import Any

type Arn = Callable[..., str]


def naming(resource_arn: Arn) -> Arn:
    """MiniStack's own naming of what a call is about, which knows paths too."""

    def named(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> str:
        found = resource_arn(service, method, path, headers, body, *rest)
        if service != "ssm" or found != "*":
            return found
        asked = json.loads(body or b"{}").get("Path", "")
        if not asked:
            return found
        _, region, account = rest
        return f"arn:aws:ssm:{region}:{account}:parameter{asked.rstrip('/')}"

    return named
