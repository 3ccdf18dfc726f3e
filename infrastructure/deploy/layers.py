"""The vision layer on AWS: published when its contents change, and deleted when no function uses it.

A version's description has the fingerprint of its contents, which are built only if no version has it.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from infrastructure.deploy.layer_contents import ARCHITECTURE, Contents, fingerprint, runtime
from infrastructure.deploy.target import Target

LICENSES = "MIT, BSD-3-Clause, Apache-2.0"  # of onnxruntime and CenterFace, NumPy, EfficientNet-Lite0
# Lambda copies the zip before it answers: botocore would publish a second version next to the first.
READ_TIMEOUT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Layer:
    """A version of the layer, and the size of the files in it."""

    arn: str
    unzipped_bytes: int


def name(target: Target) -> str:
    """Name of the library's layer."""
    return f"{target.stack_name}-vision"


def find(target: Target) -> Layer | None:
    """The published version with the current contents, if there is one."""
    for version in _versions(target):
        found, _, unzipped_bytes = version.get("Description", "").partition(" ")
        if found == fingerprint():
            return Layer(version["LayerVersionArn"], int(unzipped_bytes.split()[0]))
    return None


def publish(target: Target, contents: Contents, bucket: str) -> Layer:
    """Publish a version from this bucket, which need not keep the zip; it is too large for a request to Lambda."""
    s3, key = target.client("s3"), f"layers/{contents.path.name}"
    with contents.path.open("rb") as body:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    version = target.client("lambda", read_timeout=READ_TIMEOUT_SECONDS).publish_layer_version(
        LayerName=name(target),
        Description=f"{fingerprint()} {contents.unzipped_bytes} bytes unzipped",
        Content={"S3Bucket": bucket, "S3Key": key},
        CompatibleRuntimes=[runtime()],
        CompatibleArchitectures=[ARCHITECTURE],
        LicenseInfo=LICENSES,
    )
    s3.delete_object(Bucket=bucket, Key=key)
    return Layer(version["LayerVersionArn"], contents.unzipped_bytes)


def delete_unused(target: Target, used: Layer | None) -> None:
    """Delete all versions but this one."""
    client = target.client("lambda")
    for version in list(_versions(target)):
        if used is None or version["LayerVersionArn"] != used.arn:
            client.delete_layer_version(LayerName=name(target), VersionNumber=version["Version"])


def _versions(target: Target) -> Iterator[dict[str, Any]]:
    """The versions, newest first."""
    client = target.client("lambda")
    with suppress(client.exceptions.ResourceNotFoundException):
        for page in client.get_paginator("list_layer_versions").paginate(LayerName=name(target)):
            yield from page["LayerVersions"]
