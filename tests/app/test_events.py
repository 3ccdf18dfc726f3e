import json
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ingest.ingest import ReconcileResult
from chalicelib.observability import logger
from tests.app.conftest import OWNER, Tintype
from tests.support.images.tiny import encode_image


def test_processed_original_is_tagged_and_keeps_its_other_tags(tintype: Tintype) -> None:
    tintype.s3.put_object(Bucket="originals", Key="a.jpg", Body=encode_image(), Tagging="trip=2024")
    tintype.deliver("a.jpg")
    tags = tintype.s3.get_object_tagging(Bucket="originals", Key="a.jpg")["TagSet"]
    assert {t["Key"]: t["Value"] for t in tags} == {"trip": "2024", "tintype-state": "ready"}


def test_resized_image_has_processing_metadata(tintype: Tintype) -> None:
    tintype.drop("a.jpg", encode_image(size=(400, 300)))
    (key,) = [o["Key"] for o in tintype.s3.list_objects_v2(Bucket="derivatives")["Contents"] if "/resized." in o["Key"]]
    head = tintype.s3.head_object(Bucket="derivatives", Key=key)
    assert head["ContentType"] == "image/jpeg"
    assert head["Metadata"]["original-width"] == "400"
    assert (head["Metadata"]["width"], head["Metadata"]["height"]) == ("200", "150")
    assert float(head["Metadata"]["size-reduction-percent"]) < 100


def test_console_test_event_is_handled(tintype: Tintype) -> None:
    tintype.s3.put_object(Bucket="originals", Key="a.jpg", Body=encode_image())
    event = {"Records": [{"s3": {"bucket": {"name": "originals"}, "object": {"key": "a.jpg"}}}]}
    tintype.invoke("ingest_photo", event)
    assert len(tintype.get("/photos", as_=OWNER)["items"]) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.jpg", b"just some words"),
        ("half.jpg", encode_image(size=(400, 300))[:600]),
        ("script.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("empty.jpg", b""),
    ],
)
def test_file_that_is_no_image_is_rejected(tintype: Tintype, name: str, data: bytes) -> None:
    tintype.drop(name, data, status="public")
    tintype.deliver(name)
    assert tintype.get("/photos")["items"] == []
    (mark,) = tintype.s3.get_object_tagging(Bucket="originals", Key=name)["TagSet"]
    assert mark["Value"] == "rejected"
    assert tintype.s3.get_object(Bucket="originals", Key=name)["Body"].read() == data


def test_deleting_the_original_removes_the_photo(tintype: Tintype) -> None:
    photo_id = tintype.publish("a.jpg", encode_image())
    tintype.s3.delete_object(Bucket="originals", Key="a.jpg")
    tintype.deliver("a.jpg", "ObjectRemoved:DeleteMarkerCreated")
    tintype.deliver("a.jpg", "ObjectRemoved:DeleteMarkerCreated")
    assert tintype.call("GET", f"/photos/{photo_id}").status_code == 404
    assert tintype.get("/gallery/trending") == {"items": [], "total_tags": 0, "cursor": None}
    assert "Contents" not in tintype.s3.list_objects_v2(Bucket="derivatives")


def test_failing_key_does_not_stop_the_others(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    tintype.s3.put_object(Bucket="originals", Key="a.jpg", Body=encode_image())
    ingest = tintype.container.ingest

    class FailingIngest:
        def reconcile(self, key: str, event: dict[str, str]) -> ReconcileResult:
            if key == "bad.jpg":
                raise Unavailable("S3 is unavailable.")
            return ingest.reconcile(key, event)

    monkeypatch.setitem(tintype.container.__dict__, "ingest", FailingIngest())
    records: list[dict[str, Any]] = [
        {"s3": {"bucket": {"name": "originals"}, "object": {"key": key}}} for key in ("bad.jpg", "a.jpg")
    ]
    with pytest.raises(Unavailable):  # so that the event is delivered again
        tintype.invoke("ingest_photo", {"Records": records})
    assert len(tintype.get("/photos", as_=OWNER)["items"]) == 1


def log_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The log lines."""
    return [logger().registered_handler.format(record) for record in caplog.records]


def test_schedule_sweeps(tintype: Tintype, caplog: pytest.LogCaptureFixture) -> None:
    tintype.publish("a.jpg", encode_image())
    tintype.sweep()
    sweeps = [json.loads(line) for line in log_lines(caplog) if '"Sweep finished"' in line]
    assert sweeps[-1]["totals_drifted"] == 0
    assert sweeps[-1]["totals_recounted"] >= 4
    stats = tintype.get("/stats")
    assert (stats["photos"], stats["bytes"], sum(stats["months"].values())) == (1, len(encode_image()), 1)
    assert stats["as_of"]
    assert stats["tags"] == tintype.get("/gallery/trending")["total_tags"]


def test_logs_contain_ids_and_no_personal_data(tintype: Tintype, caplog: pytest.LogCaptureFixture) -> None:
    photo_id = tintype.publish("aunt-mary.jpg", encode_image(), "secret-word")
    tintype.call("GET", "/me", as_="grace")
    out = "\n".join(log_lines(caplog))
    assert photo_id in out
    for personal in ("aunt-mary", "secret-word", "grace", "example.org"):
        assert personal not in out
