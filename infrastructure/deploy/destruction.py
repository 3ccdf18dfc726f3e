"""The end of a library: functions, API, address and stack go; photos, catalogue and people stay unless told twice.

What stays is what the template retains, and the secrets that photo ids and links hang on: of it the library can be put
together again. Each step can be run again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from typing import Any

from infrastructure.deploy import chalice_state, release, resource_import, settings
from infrastructure.deploy.errors import Problem
from infrastructure.deploy.stack import Stacks
from infrastructure.deploy.target import Place

KEPT_BUCKETS = ("originals", "derivatives")
KEPT_TABLES = ("photos", "memberships", "trends", "keys")
OF_THE_DEPLOYMENT = ("release", "api-url", "image-base-url", "image-key")
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: photos go only where both are true."""

    originals: bool
    confirmed: bool


def plan(place: Place, wanted: Wanted) -> list[str]:
    """What will go and what will stay, a line each; raises Problem where one word for deleting photos is missing."""
    if wanted.originals and not wanted.confirmed:
        raise Problem(
            "Photos are deleted only where that is said twice: "
            f"make destroy STAGE={place.stage} ORIGINALS=delete CONFIRM={place.stage}"
        )
    kept = [f"s3://{place.bucket(name)}" for name in KEPT_BUCKETS] + [f"{place.stack}-{name}" for name in KEPT_TABLES]
    told = f"{', '.join(kept)}, and the people"
    return [
        f"goes: functions and API, the page and its address, bundles, the stack {place.stack}",
        f"GOES FOR EVER: {told}" if wanted.originals else f"stays: {told}",
    ]


def run(place: Place, wanted: Wanted, say: Callable[[str], None]) -> None:
    """Take the library down."""
    stacks = Stacks(place.client("cloudformation"))
    pools = [stacks.outputs(place.stack)["UserPoolId"]] if stacks.outputs(place.stack) else []
    say("Functions and API")
    _functions(place, stacks.outputs(place.stack))
    say("Page and bundles")
    for name in ("page", "bundles"):
        _empty(place, place.bucket(name))
    say("Address (CloudFront takes some minutes)")
    stacks.delete(place.cdn_stack)
    say("Stack")
    stacks.delete(place.stack)
    for name in OF_THE_DEPLOYMENT:
        settings.remove(place, name)
    if wanted.originals and wanted.confirmed:
        say("Photos, catalogue, people")
        _delete_what_was_kept(place, pools or resource_import.pools_of(place))
    say("Done.")


def _functions(place: Place, outputs: dict[str, str]) -> None:
    """All that Chalice made, by its own tool and a record of what is there."""
    if not outputs:
        return
    release.build(place, outputs, None)
    chalice_state.write(place)
    release.chalice(place, "delete")
    chalice_state.remove_all(place)


def _delete_what_was_kept(place: Place, pools: Iterable[str]) -> None:
    s3, dynamodb, cognito = (place.client(name) for name in ("s3", "dynamodb", "cognito-idp"))
    for name in map(place.bucket, KEPT_BUCKETS):
        _empty(place, name)
        with suppress(s3.exceptions.NoSuchBucket):
            s3.delete_bucket(Bucket=name)
    for name in KEPT_TABLES:
        with suppress(dynamodb.exceptions.ResourceNotFoundException):
            dynamodb.delete_table(TableName=f"{place.stack}-{name}")
    for pool in pools:
        cognito.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
        cognito.delete_user_pool(UserPoolId=pool)
    _topics(place)
    for name in _settings(place):
        settings.remove(place, name)


def _empty(place: Place, bucket: str) -> None:
    """Delete every version of every object; a bucket that is not there is empty."""
    s3 = place.client("s3")
    for some in batched(_versions(s3, bucket), AT_ONCE):
        refused = s3.delete_objects(Bucket=bucket, Delete={"Objects": list(some), "Quiet": True}).get("Errors")
        if refused:
            raise Problem(f"s3://{bucket} cannot be emptied: {refused[0].get('Message')}")


def _versions(s3: Any, bucket: str) -> Iterator[dict[str, str]]:
    with suppress(s3.exceptions.NoSuchBucket):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for found in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                yield {"Key": found["Key"], "VersionId": found["VersionId"]}


def _topics(place: Place) -> None:
    """Each person's own, which the app made."""
    sns = place.client("sns")
    for page in sns.get_paginator("list_topics").paginate():
        for topic in page["Topics"]:
            if topic["TopicArn"].rpartition(":")[2].startswith(f"{place.stack}-"):
                sns.delete_topic(TopicArn=topic["TopicArn"])


def _settings(place: Place) -> list[str]:
    pages = place.client("ssm").get_paginator("get_parameters_by_path")
    path = place.parameter("")
    return [held["Name"].removeprefix(path) for page in pages.paginate(Path=path) for held in page["Parameters"]]
