import threading
import time
from typing import Any

import pytest

from local import provision, stack
from local.ministack.objects import lifecycle
from local.ministack.objects.errors import storage_full
from local.ministack.objects.lifecycle import DAY_MS, apply_every_day, apply_rules
from local.ministack.objects.records import Content
from local.provision import ProvisionedStack
from tests.local.ministack.objects.conftest import PLAIN, SUSPENDED, VERSIONED, S3Client

MIDNIGHT = 20_000 * DAY_MS


def rule(prefix: str = "", status: str = "Enabled", **actions: Any) -> dict[str, Any]:
    return {"ID": "r", "Status": status, "Filter": {"Prefix": prefix}, **actions}


def age(s3: S3Client, key: str, days: float) -> None:
    """Let the latest version of the key, or its upload, be this many days old at midnight."""
    at = MIDNIGHT - round(days * DAY_MS)
    with s3.storage.connections.write() as connection:
        connection.execute(
            "UPDATE versions SET modified = ? WHERE number = (SELECT max(number) FROM versions WHERE key = ?)",
            (at, key),
        )
        connection.execute("UPDATE uploads SET started = ? WHERE key = ?", (at, key))


def put(s3: S3Client, bucket: str, key: str, days: float, data: bytes = b"data") -> None:
    assert s3.put(bucket, key, data).status == 200
    age(s3, key, days)


def delete(s3: S3Client, bucket: str, key: str, days: float) -> None:
    assert s3.send("DELETE", f"/{bucket}/{key}").status == 204
    age(s3, key, days)


def apply(s3: S3Client, bucket: str, *rules: dict[str, Any]) -> None:
    s3.buckets.rules = {bucket: list(rules)}
    s3.buckets.events.clear()
    apply_rules(s3.storage, MIDNIGHT, threading.Event())
    assert s3.buckets.events == []  # S3 sends none of a deletion


def versions(s3: S3Client, bucket: str) -> list[tuple[str, bool, bool]]:
    """Key, whether it is current and whether it is a delete marker, of each version."""
    rows = s3.storage.connections.reader.execute(
        "SELECT key, current, marker FROM versions WHERE bucket = ? ORDER BY key, number", (bucket,)
    )
    return [(key, bool(current), bool(marker)) for key, current, marker in rows]


def test_expired_objects_and_their_files_are_deleted(s3: S3Client) -> None:
    put(s3, PLAIN, "old", 1.0)
    put(s3, PLAIN, "young", 0.99)
    put(s3, VERSIONED, "old", 9)
    apply(s3, PLAIN, rule(Expiration={"Days": 1}))
    assert s3.get(PLAIN, "old").status == 404
    assert s3.get(PLAIN, "young").status == 200
    assert s3.get(VERSIONED, "old").status == 200  # of another bucket
    assert len(s3.files()) == 2


@pytest.mark.parametrize("bucket", [VERSIONED, SUSPENDED])
def test_expired_object_of_a_bucket_with_versions_is_hidden(s3: S3Client, bucket: str) -> None:
    put(s3, bucket, "old", 2)
    apply(s3, bucket, rule(Expiration={"Days": 1}))
    assert s3.get(bucket, "old").status == 404
    assert versions(s3, bucket)[-1] == ("old", True, True)


def test_noncurrent_versions_expire_after_they_were_replaced(s3: S3Client) -> None:
    put(s3, VERSIONED, "a", 100)
    put(s3, VERSIONED, "a", 30)  # the first has been noncurrent for 30 days
    put(s3, VERSIONED, "a", 29)
    put(s3, VERSIONED, "b", 100)
    delete(s3, VERSIONED, "b", 30)
    put(s3, VERSIONED, "c", 100)
    apply(s3, VERSIONED, rule(NoncurrentVersionExpiration={"NoncurrentDays": 30}))
    assert versions(s3, VERSIONED) == [
        ("a", False, False),
        ("a", True, False),
        ("b", True, True),
        ("c", True, False),
    ]
    assert len(s3.files()) == 3


def test_delete_marker_of_nothing_is_deleted(s3: S3Client) -> None:
    put(s3, VERSIONED, "a", 40)
    delete(s3, VERSIONED, "a", 31)
    put(s3, VERSIONED, "b", 40)
    delete(s3, VERSIONED, "b", 29)
    expiry: dict[str, Any] = {
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    apply(s3, VERSIONED, rule(**expiry))
    assert versions(s3, VERSIONED) == [("b", False, False), ("b", True, True)]


def test_unfinished_uploads_are_aborted(s3: S3Client) -> None:
    ids = {}
    for key, days in (("old", 2.0), ("young", 1.9)):
        ids[key] = s3.send("POST", f"/{PLAIN}/{key}?uploads").text("UploadId")
        assert s3.send("PUT", f"/{PLAIN}/{key}?partNumber=1&uploadId={ids[key]}", b"part").status == 200
        age(s3, key, days)
    apply(s3, PLAIN, rule(AbortIncompleteMultipartUpload={"DaysAfterInitiation": 2}))
    assert s3.send("GET", f"/{PLAIN}?uploads").texts("Upload/Key") == ["young"]
    assert s3.send("PUT", f"/{PLAIN}/old?partNumber=2&uploadId={ids['old']}", b"part").code == "NoSuchUpload"
    assert len(s3.files()) == 1


def test_rules_of_other_prefixes_disabled_rules_and_those_by_tag_delete_nothing(s3: S3Client) -> None:
    put(s3, PLAIN, "a_b/1", 9)
    put(s3, PLAIN, "axb/1", 9)
    days: dict[str, Any] = {"Expiration": {"Days": 1}}
    by_tag = rule(**days) | {"Filter": {"Tag": {"Key": "k", "Value": "v"}}}
    apply(s3, PLAIN, rule(status="Disabled", **days), rule("b", **days), by_tag)
    assert len(versions(s3, PLAIN)) == 2
    apply(s3, PLAIN, rule("a_b/", **days))
    assert versions(s3, PLAIN) == [("axb/1", True, False)]


def test_many_objects_expire_in_several_transactions(s3: S3Client) -> None:
    for number in range(250):
        s3.storage.index.put(PLAIN, str(number), Content(), versioned=False)
    with s3.storage.connections.write() as connection:
        connection.execute("UPDATE versions SET modified = ?", (MIDNIGHT - 2 * DAY_MS,))
    apply(s3, PLAIN, rule(Expiration={"Days": 1}))
    assert versions(s3, PLAIN) == []


def test_rules_are_applied_at_the_start_and_again_after_a_failure(
    s3: S3Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(s3, PLAIN, "old", 9)
    failures: list[Exception] = [storage_full("no room"), OSError("no room")]

    def rules(bucket: str) -> list[dict[str, Any]]:
        if failures:
            raise failures.pop()
        return [rule(Expiration={"Days": 1})]

    s3.buckets.lifecycle_rules = rules  # type: ignore[method-assign]
    monkeypatch.setattr(lifecycle, "CHECK_SECONDS", 0.01)
    stopping = threading.Event()
    thread = threading.Thread(target=apply_every_day, args=(s3.storage, stopping))
    thread.start()
    deadline = time.monotonic() + 10
    while versions(s3, PLAIN) and time.monotonic() < deadline:
        time.sleep(0.01)
    stopping.set()
    thread.join()
    assert versions(s3, PLAIN) == []
    assert capsys.readouterr().out.count("expired objects could not be deleted") == 2


@pytest.mark.cloud
def test_buckets_have_the_rules_of_the_template(cloud: ProvisionedStack) -> None:
    s3 = cloud.client("s3")
    expected = stack.lifecycle_rules(provision.STAGE, "000000000000")
    assert cloud.outputs["OriginalsBucket"] in expected
    for bucket, rules in expected.items():
        assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == rules
    assert {"Days": 1} in [each.get("Expiration") for rules in expected.values() for each in rules]
