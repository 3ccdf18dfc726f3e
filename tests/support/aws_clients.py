"""AWS clients over moto or the local cloud, and temporary buckets."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from chalicelib.aws.clients import Clients
from local.credentials import AccessKey
from local.provision import ProvisionedStack

REGION = "us-east-1"
SERVICES = ("dynamodb", "s3", "sns", "sqs", "ssm")


def moto_clients() -> Clients:
    """Clients with dummy credentials; they reach moto where a test has enabled it."""
    return Clients(boto3.Session("test", "test", region_name=REGION))


def session(key: AccessKey) -> boto3.Session:
    """A session with the key of a local cloud."""
    return boto3.Session(key.key_id, key.secret, region_name=REGION)


@contextmanager
def local_cloud_clients(cloud: ProvisionedStack) -> Iterator[Clients]:
    """Clients of the local cloud, which get its endpoint from the environment as in the app."""
    clients = Clients(session(cloud.services.access_key))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", cloud.services.endpoint)
        made = [clients.get(service) for service in SERVICES]
    yield clients
    for client in made:
        client.close()


@contextmanager
def temporary_bucket(s3: Any, *, versioned: bool) -> Iterator[str]:
    """An empty bucket, deleted with its contents at the end; moto forgets it by itself."""
    name = f"tests-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    yield name
    if s3.meta.endpoint_url.startswith("https://"):  # moto's
        return
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        found = (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        if versions := [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]:
            s3.delete_objects(Bucket=name, Delete={"Objects": versions, "Quiet": True})
    s3.delete_bucket(Bucket=name)
