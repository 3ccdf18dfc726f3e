"""`make destroy`: deletes functions, API, CloudFront and the stack; photos, tables and users stay unless confirmed.

The template's retained resources stay, and the secrets on which photo ids and links depend: `make deploy` restores the
library from them. Every step is idempotent.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from typing import Any

from infrastructure.deploy import chalice_state, labels, layers, release, resource_import, settings
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.stack import Stacks
from infrastructure.deploy.target import Target

RETAINED_BUCKETS = ("originals", "derivatives")
RETAINED_TABLES = ("photos", "memberships", "trends", "api-keys", "albums")
DEPLOYMENT_SETTINGS = ("release", "api-url", "page-url", "image-base-url", "image-key")
DELETE_BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """Photos, tables and users are deleted only if both are true."""

    delete_originals: bool
    confirmed: bool


def plan(target: Target, options: Options) -> list[str]:
    """What is deleted and what stays, one line each; raises UserError if deleting photos is not confirmed."""
    if options.delete_originals and not options.confirmed:
        raise UserError(
            "Deleting photos needs a confirmation: "
            f"make destroy STAGE={target.stage} ORIGINALS=delete CONFIRM={target.stage}"
        )
    buckets = [f"s3://{target.bucket_name(name)}" for name in RETAINED_BUCKETS]
    tables = [f"{target.stack_name}-{name}" for name in RETAINED_TABLES]
    retained = f"{', '.join(buckets + tables)} and all users"
    return [
        f"delete: functions, vision layer, API, page, CloudFront, bundles, stack {target.stack_name}",
        f"DELETE PERMANENTLY: {retained}" if options.delete_originals else f"keep: {retained}",
    ]


def run(target: Target, options: Options, report: Callable[[str], None]) -> None:
    """Delete the library."""
    stacks = Stacks(target.client("cloudformation"))
    outputs = stacks.outputs(target.stack_name)
    pools = [outputs["UserPoolId"]] if outputs else []
    report("Functions and API")
    _delete_functions_and_api(target, outputs)
    layers.delete_unused(target, None)
    report("Page and bundles")
    for name in ("page", "bundles"):
        _empty_bucket(target, target.bucket_name(name))
    report("CDN (CloudFront takes a few minutes)")
    stacks.delete(target.cdn_stack_name)
    report("Core stack")
    stacks.delete(target.stack_name)
    for name in DEPLOYMENT_SETTINGS:
        settings.remove(target, name)
    if options.delete_originals and options.confirmed:
        report("Photos, tables and users")
        _delete_retained(target, pools or resource_import.find_user_pools(target))
    report("Done.")


def _delete_functions_and_api(target: Target, outputs: dict[str, str]) -> None:
    """Run `chalice delete` with a state file rebuilt from AWS."""
    if not outputs:
        return
    release.build(target, outputs, release.Options(labels.NONE))
    chalice_state.write(target)
    release.run_chalice(target, "delete")
    chalice_state.delete_all_apis(target)


def _delete_retained(target: Target, pools: Iterable[str]) -> None:
    s3, dynamodb, cognito = (target.client(name) for name in ("s3", "dynamodb", "cognito-idp"))
    for name in map(target.bucket_name, RETAINED_BUCKETS):
        _empty_bucket(target, name)
        with suppress(s3.exceptions.NoSuchBucket):
            s3.delete_bucket(Bucket=name)
    for name in RETAINED_TABLES:
        with suppress(dynamodb.exceptions.ResourceNotFoundException):
            dynamodb.delete_table(TableName=f"{target.stack_name}-{name}")
    for pool in pools:
        cognito.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
        cognito.delete_user_pool(UserPoolId=pool)
    _delete_topics(target)
    for name in _setting_names(target):
        settings.remove(target, name)


def _empty_bucket(target: Target, bucket: str) -> None:
    """Delete every version of every object; does nothing if the bucket does not exist."""
    s3 = target.client("s3")
    for versions in batched(_versions(s3, bucket), DELETE_BATCH_SIZE):
        errors = s3.delete_objects(Bucket=bucket, Delete={"Objects": list(versions), "Quiet": True}).get("Errors")
        if errors:
            raise UserError(f"Cannot empty s3://{bucket}: {errors[0].get('Message')}. Fix this and run it again.")


def _versions(s3: Any, bucket: str) -> Iterator[dict[str, str]]:
    with suppress(s3.exceptions.NoSuchBucket):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                yield {"Key": version["Key"], "VersionId": version["VersionId"]}


def _delete_topics(target: Target) -> None:
    """Delete the users' notification topics, which the app creates."""
    sns = target.client("sns")
    for page in sns.get_paginator("list_topics").paginate():
        for topic in page["Topics"]:
            if topic["TopicArn"].rpartition(":")[2].startswith(f"{target.stack_name}-"):
                sns.delete_topic(TopicArn=topic["TopicArn"])


def _setting_names(target: Target) -> list[str]:
    paginator = target.client("ssm").get_paginator("get_parameters_by_path")
    path = target.parameter_name("")
    return [each["Name"].removeprefix(path) for page in paginator.paginate(Path=path) for each in page["Parameters"]]
