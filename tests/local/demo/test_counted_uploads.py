import threading
from collections.abc import Iterator

import pytest

from local.demo.counted_uploads import CountedUploads
from local.demo.photos import DemoPhoto

PHOTOS = [DemoPhoto(f"{number}.jpg", b"", "lake", []) for number in range(6)]


def test_uploads_that_have_begun_are_counted_after_ctrl_c() -> None:
    begun, interrupted, uploaded = threading.Semaphore(0), threading.Event(), list[DemoPhoto]()

    def upload(photo: DemoPhoto) -> str:
        begun.release()
        interrupted.wait(10)
        uploaded.append(photo)
        return photo.filename

    def photos() -> Iterator[DemoPhoto]:
        yield from PHOTOS[:2]
        for _ in range(2):
            begun.acquire()
        interrupted.set()
        raise KeyboardInterrupt

    uploads = CountedUploads(upload, connections=2)
    with pytest.raises(KeyboardInterrupt):
        uploads.run(photos(), lambda _: None)
    assert (uploads.added, uploads.known, len(uploaded)) == (2, 0, 2)


def test_progress_is_reported_and_known_photos_are_counted_apart() -> None:
    reported: list[DemoPhoto] = []
    uploads = CountedUploads(lambda photo: photo.filename if photo is PHOTOS[0] else None, connections=3)
    uploads.run(PHOTOS, reported.append)
    assert (uploads.added, uploads.known, reported) == (1, 5, PHOTOS)
