"""The functions' policies, drawn in from any library of any account to one.

The files in `.chalice` hold for a plain `chalice deploy` of any stage; what is deployed names this partition, region,
account and stage, so that of two libraries in one account neither can touch the other.
"""

import re
from typing import Any

from infrastructure.deploy.target import APP, Place

BUCKET = re.compile(rf"{APP}-\*-(\w+)-\*")


def scoped(policy: dict[str, Any], place: Place, function: str) -> dict[str, Any]:
    """The same policy for this function of this place alone."""
    statements = []
    for held in policy["Statement"]:
        told = held["Resource"]
        wide = [told] if isinstance(told, str) else told
        statements.append({**held, "Resource": [narrow for each in wide for narrow in _scoped(each, place, function)]})
    return {**policy, "Statement": statements}


def _scoped(arn: str, place: Place, function: str) -> list[str]:
    if arn == "*":
        return [arn]
    _, _, service, region, account, resource = arn.split(":", 5)
    start = f"arn:{place.partition}:{service}:{place.region if region else ''}:{place.account if account else ''}:"
    match service:
        case "logs":
            group = f"log-group:/aws/lambda/{function}"
            resources = [group, f"{group}:*"]
        case "ssm":  # reading by path is asked for the path, and for what is below it
            path = f"parameter/{APP}/{place.stage}"
            resources = [path, f"{path}/*"]
        case "s3":
            resources = [BUCKET.sub(rf"{place.stack}-\1-{place.account}", resource)]
        case _:  # a name that ends so is a beginning: the rest is for the app to choose
            ending = "-*" if resource == f"{APP}-*" else ""
            resources = [resource.replace(f"{APP}-*", place.stack, 1) + ending]
    return [start + each for each in resources]
