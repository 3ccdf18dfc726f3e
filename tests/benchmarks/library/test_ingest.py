from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

from PIL import Image

from benchmarks.library.ingest import photos_3mp, with_exif
from chalicelib import images

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_photos_have_3_megapixels_a_date_and_different_bytes() -> None:
    photos = list(photos_3mp(8, NOW))
    rendered = images.render(BytesIO(photos[7].content), len(photos[7].content))
    assert 3_000_000 < rendered.width * rendered.height < 3_300_000
    assert rendered.metadata.capture_time is not None
    assert rendered.metadata.capture_time.presumed_utc == NOW.replace(second=0, minute=59, hour=11).replace(second=53)
    assert 700_000 < len(photos[7].content) < 2_500_000
    assert len({sha256(photo.content).hexdigest() for photo in photos}) == len(photos)


def test_exif_changes_no_pixel() -> None:
    file = BytesIO()
    Image.effect_noise((64, 48), 40).convert("RGB").save(file, "JPEG")
    changed = with_exif(file.getvalue(), "1", None)
    assert changed != file.getvalue()
    with Image.open(file) as before, Image.open(BytesIO(changed)) as after:
        assert before.tobytes() == after.tobytes()
