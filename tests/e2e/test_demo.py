"""`make demo N=…` against the running library."""

from datetime import UTC, datetime

import pytest

from local.demo.bulk_upload import fill_library
from local.demo.series import demo_series
from tests.e2e.conftest import Client

TOTAL = 3


@pytest.mark.cloud
def test_demo_library_is_filled_once(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    fill_library(client.library.data_dir.root, client.library.ports, TOTAL, now)
    assert f"Uploaded {TOTAL} photos." in capsys.readouterr().out
    expected = {photo.filename: photo for series in demo_series(TOTAL, now) for photo in series.photos}
    photos = client.wait_until_processed(set(expected))
    for name, photo in photos.items():
        assert set(expected[name].tags) < set(photo["tags"])
        assert (photo["state"], photo["status"] == "public") == ("ready", expected[name].public)
    fill_library(client.library.data_dir.root, client.library.ports, TOTAL, now)
    assert f"Uploaded 0 photos ({TOTAL} were there already)." in capsys.readouterr().out
