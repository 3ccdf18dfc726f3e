"""IAM: GetParametersByPath is authorized for the path's ARN, as on AWS; MiniStack 1.5 requires all resources."""

import json
from collections.abc import Callable, Mapping
from typing import Any

type Arn = Callable[..., str]


def patch_resource_arn(resource_arn: Arn) -> Arn:
    """MiniStack's resource ARN of a request, extended by parameter paths."""

    def patched(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> str:
        arn = resource_arn(service, method, path, headers, body, *rest)
        if service != "ssm" or arn != "*":
            return arn
        parameter_path = json.loads(body or b"{}").get("Path", "")
        if not parameter_path:
            return arn
        _, region, account = rest
        return f"arn:aws:ssm:{region}:{account}:parameter{parameter_path.rstrip('/')}"

    return patched
