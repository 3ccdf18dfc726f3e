"""S3 tools with the library's credentials file, as in the README; and uploads whose signature is wrong or missing."""

import http.client
import os
import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest

from local.ports import HOST
from tests.e2e.conftest import Client
from tests.support.images.tiny import encode_image
from tests.support.multipart import file_form

README = (Path(__file__).parents[2] / "README.md").read_text()
ENDPOINT = "http://127.0.0.1:8002"


@pytest.mark.parametrize("tool", ["aws", "rclone"])
def test_example_in_the_readme_works(client: Client, tmp_path: Path, tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"no {tool} on the PATH")
    (command,) = re.findall(rf"^{tool} .*cat\.jpg.*", README, re.MULTILINE)
    (tmp_path / f"{tool}.jpg").write_bytes(encode_image(size=(311, 207 + len(tool))))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_SHARED_CREDENTIALS_FILE": str(client.library.data_dir.credentials),
    }
    adapted = command.replace("cat.jpg", f"{tool}.jpg").replace(ENDPOINT, client.library.provisioned.services.endpoint)
    subprocess.run(adapted, shell=True, cwd=tmp_path, env=environment, check=True, timeout=60)  # noqa: S602
    assert client.wait_until_processed({f"{tool}.jpg"})[f"{tool}.jpg"]["state"] == "ready"


def test_profile_is_enough_for_an_aws_client(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(client.library.data_dir.credentials))
    bucket, key = client.library.provisioned.outputs["OriginalsBucket"], "notes/ä b+c.txt"
    with closing(boto3.Session(profile_name="tintype").client("s3")) as s3:
        s3.put_object(Bucket=bucket, Key=key, Body=b"a note")
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"a note"
        s3.delete_object(Bucket=bucket, Key=key)


def send(method: str, url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the response."""
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(HOST, parts.port or 80, timeout=10)) as connection:
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers)
        return connection.getresponse().status


def test_upload_with_a_wrong_or_missing_signature_is_refused(client: Client) -> None:
    ticket = client.request("POST", "/uploads", b'{"filename": "a.jpg", "bytes": 5}', "application/json")["upload"]
    url = client.request("PUT", "/upload", b'{"file_name": "a.jpg"}', "application/json")["url"]
    good = dict(ticket["fields"])
    forms = {
        "unsigned": {"key": good["key"]},
        "without the signature": {name: value for name, value in good.items() if name != "x-amz-signature"},
        "another signature": good | {"x-amz-signature": "0" * 64},
        "another policy": good | {"policy": "e30="},
        "another key": good | {"x-amz-credential": good["x-amz-credential"].replace("LOCAL", "OTHER")},
    }
    for name, fields in forms.items():
        body, content_type = file_form(fields, "file", "a.jpg", b"12345")
        assert send("POST", ticket["url"], body, {"Content-Type": content_type}) == 403, name
    jpeg = {"Content-Type": "image/jpeg"}
    for wrong in (
        url.partition("?")[0],
        url.replace("X-Amz-Signature=", "X-Amz-Signature=0"),
        url.replace("a.jpg", "b.jpg"),
    ):
        assert send("PUT", wrong, b"12345", jpeg) in {400, 403}
    assert send("PUT", url, b"12345", jpeg | {"x-amz-meta-tags": "added"}) == 403
    assert send("PUT", url, b"12345", jpeg) == 200
