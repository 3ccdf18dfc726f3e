"""The region of a library: an account has at most one library of a name, whose region never changes.

Buckets, roles and CloudFront's policies carry the library's name but not its region, and are unique in the account. So
in another region, a command would find the names in use, and reach the buckets of the library that has them: botocore
follows S3's redirects to a bucket's region.
"""

import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from infrastructure.deploy import release
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.stack import NOT_CREATED, Stacks
from infrastructure.deploy.target import Target

BUCKETS = ("originals", "derivatives", "bundles", "page")


def check_region(target: Target, *, with_cdn: bool = False) -> None:
    """Raise UserError if the library is in another region; changes nothing. `with_cdn` looks in CloudFront, too."""
    if Stacks(target.client("cloudformation")).status(target.stack_name) not in NOT_CREATED:
        return
    for resource, region in _resources(target, with_cdn=with_cdn):
        if region != target.region:
            raise UserError(
                f"Library {target.stage} of account {target.account} is in {region}, as {resource} shows, and not in "
                f"{target.region}. Nothing was changed: `export AWS_DEFAULT_REGION={region}` to use that library, or "
                "choose another STAGE for one here."
            )


def bucket_region(s3: Any, bucket: str) -> str:
    """The region of this account's bucket; "" if none has the name. Raises UserError if another account has it."""
    try:
        response = s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "404":
                return ""
            case "403":
                raise UserError(f"Bucket {bucket} belongs to another AWS account: choose another STAGE.") from error
        raise
    return str(response.get("BucketRegion", s3.meta.region_name))  # the local services have only one


def _resources(target: Target, *, with_cdn: bool) -> Iterator[tuple[str, str]]:
    """Existing resources of the library, described, and the region that each belongs to."""
    s3 = target.client("s3")
    for name in map(target.bucket_name, BUCKETS):
        if region := bucket_region(s3, name):
            yield f"bucket {name}", region
    iam = target.client("iam")
    for name in (f"{target.stack_name}-{handler}" for handler in release.handlers()):
        if region := _role_region(iam, name):
            yield f"role {name}", region
    if with_cdn:
        yield from _distributions(target)


def _role_region(iam: Any, name: str) -> str:
    """The region in the policy that Chalice gave to a function's role; "" if there is none."""
    try:
        policy = iam.get_role_policy(RoleName=name, PolicyName=name)["PolicyDocument"]
    except iam.exceptions.NoSuchEntityException:
        return ""
    match = re.search(r"arn:[\w-]+:logs:([\w-]+):", str(policy))
    return match[1] if match else ""


def _distributions(target: Target) -> Iterator[tuple[str, str]]:
    """The library's image distributions and the region of the bucket behind each."""
    origin = re.compile(rf"{target.bucket_name('derivatives')}\.s3\.([\w-]+)\.amazonaws\.com")
    for page in target.client("cloudfront").get_paginator("list_distributions").paginate():
        for distribution in page["DistributionList"].get("Items", []):
            for each in distribution["Origins"]["Items"]:
                if match := origin.match(each["DomainName"]):
                    yield f"CloudFront distribution {distribution['Id']}", match[1]
