import stat
from pathlib import Path

import boto3
import pytest

from local.credentials import ensure_access_key, new_access_key, read_access_key

ENDPOINT = "http://127.0.0.1:8002"


def ensure(path: Path, endpoint: str = ENDPOINT) -> str:
    key = ensure_access_key(path, endpoint=endpoint, region="us-east-1")
    return key.key_id


def test_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    first = ensure(path)
    path.chmod(0o644)
    assert ensure(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["credentials"]


def test_aws_clients_read_key_region_and_endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "credentials"
    key_id = ensure(path, "http://127.0.0.1:1")
    ensure(path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    session = boto3.Session(profile_name="tintype")
    credentials = session.get_credentials()
    assert credentials is not None
    assert credentials.access_key == key_id
    client = session.client("s3")
    assert (client.meta.endpoint_url, client.meta.region_name) == (ENDPOINT, "us-east-1")
    assert "X-Amz-Signature=" in client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    client.close()


@pytest.mark.parametrize("content", [b"", b"[tintype]\naws_access_key_id = LOCAL\n", b"\xff\x00", b"no section"])
def test_damaged_file_is_replaced_and_reported(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(content)
    assert read_access_key(path) is None
    key_id = ensure(path)
    assert capsys.readouterr().out.count("\n") == 1
    assert ensure(path) == key_id


def test_secret_is_not_in_repr() -> None:
    key = new_access_key()
    assert key.secret not in repr(key)
    assert (len(key.key_id), len(key.secret)) == (20, 40)
    assert key != new_access_key()
