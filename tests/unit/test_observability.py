import io
import json

import pytest

from chalicelib import observability


@pytest.mark.parametrize(
    "text",
    [
        'Could not connect to the endpoint URL: "http://127.0.0.1:8002/bucket/uploads/me/p1/beach.jpg?versionId=1"',
        "Read timeout on endpoint URL: 'https://bucket.s3.amazonaws.com/beach.jpg'",
        "Failed at https://bucket.s3.amazonaws.com?prefix=beach.jpg and again",
        "Failed at https://bucket.s3.amazonaws.com/großer-beach.jpg and again",
    ],
)
def test_log_of_an_exception_has_no_object_key(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    logger = observability.logger()
    monkeypatch.setattr(logger.registered_handler, "stream", output)
    try:
        raise ConnectionError(text)
    except ConnectionError:
        logger.exception("It failed", extra={"photo_id": "p1"})
    line = output.getvalue()
    entry = json.loads(line)
    assert "beach" not in line
    assert (entry["message"], entry["photo_id"], entry["service"]) == ("It failed", "p1", "tintype")
    assert entry["exception_name"] == "ConnectionError"
    assert "/…" in entry["exception"]
    assert text.partition("://")[0].split()[0] in entry["exception"]
