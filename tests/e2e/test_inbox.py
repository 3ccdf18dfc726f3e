"""Inboxes in a running library, whose user pool knows the people that keys name."""

from contextlib import closing
from dataclasses import replace
from uuid import uuid4

from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image


def test_file_in_an_inbox_belongs_to_its_user(client: Client) -> None:
    second = replace(client, token=client.library.token("second"))
    name, me = f"inbox-{uuid4().hex}.jpg", second.request("GET", "/me")
    with closing(client.library.client("s3")) as s3:
        bucket, key = client.library.provisioned.outputs["OriginalsBucket"], f"{me['inbox']}Lisbon/{name}"
        s3.put_object(Bucket=bucket, Key=key, Body=encode_image("green", size=(53, 31)))
    photo = second.wait_until_processed({name})[name]
    assert (me["library_owner"], photo["mine"], photo["albums"]) == (False, True, [])
