"""Undelete and recovery in a running library, with its own settings, users and events."""

import json
import time
from contextlib import closing
from typing import Any
from uuid import uuid4

from tests.e2e.conftest import TIMEOUT_SECONDS, Client
from tests.support.images.tiny import encode_image


def list_keys(s3: Any, bucket: str, filename: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="uploads/")
    return [found["Key"] for page in pages for found in page.get("Contents", []) if found["Key"].endswith(filename)]


def wait_until_gone(client: Client, photo_id: str) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while any(photo["photo_id"] == photo_id for photo in client.list_all("/photos?")):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_undeleted_upload_returns_with_its_tags(client: Client) -> None:
    name = f"undeleted-{uuid4().hex}.jpg"
    client.upload_with_ticket(name, encode_image("red", size=(47, 31)))
    photo_id = client.wait_until_processed({name})[name]["photo_id"]
    body = json.dumps({"tags": ["tiger"], "status": "public"}).encode()
    before = client.request("PATCH", f"/photos/{photo_id}", body, "application/json")
    bucket = client.library.provisioned.outputs["OriginalsBucket"]
    with closing(client.library.client("s3")) as s3:
        (key,) = list_keys(s3, bucket, name)
        marker = s3.delete_object(Bucket=bucket, Key=key)["VersionId"]
        wait_until_gone(client, photo_id)
        s3.delete_object(Bucket=bucket, Key=key, VersionId=marker)
    after = client.wait_until_processed({name})[name]
    fields = ("photo_id", "tags", "status", "created_at", "recovered")
    assert [after[field] for field in fields] == [before[field] for field in fields]
    assert (after["status"], after["recovered"]) == ("public", False)


def test_upload_without_a_record_returns_to_the_user_in_its_key_privately(client: Client) -> None:
    name, owner = f"recovered-{uuid4().hex}.jpg", client.request("GET", "/me")["id"]
    bucket = client.library.provisioned.outputs["OriginalsBucket"]
    with closing(client.library.client("s3")) as s3:
        key, metadata = f"uploads/{owner}/{uuid4().hex}/{name}", {"status": "public", "tags": "planted"}
        s3.put_object(Bucket=bucket, Key=key, Body=encode_image("blue", size=(49, 31)), Metadata=metadata)
    photo = client.wait_until_processed({name})[name]
    assert (photo["mine"], photo["status"], photo["recovered"]) == (True, "private", True)
    assert "planted" not in photo["tags"]
