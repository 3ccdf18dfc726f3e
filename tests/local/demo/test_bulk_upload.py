import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from local.demo import bulk_upload
from local.demo.bulk_upload import draw_series, photo_of, upload_missing
from local.demo.photos import DemoPhoto
from local.demo.series import demo_series
from local.errors import Interrupted, UserError

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TOTAL = 12


@pytest.fixture(autouse=True)
def small_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing large ones takes seconds."""
    monkeypatch.setattr(bulk_upload, "SIZES", [(160, 120)])


@dataclass
class MemoryClient:
    """A library's photos in memory; after `capacity` of them, every upload fails."""

    capacity: int = TOTAL
    photos: list[DemoPhoto] = field(default_factory=list)
    trashed: tuple[str, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def upload(self, photo: DemoPhoto) -> str | None:
        with self.lock:
            if len(self.photos) >= self.capacity:
                raise UserError("The disk is full.")
            self.photos.append(photo)
        return photo.filename

    def list_all(self, path: str) -> Iterator[dict[str, str]]:
        if path == "/photos?scope=mine":
            yield from ({"filename": photo.filename} for photo in self.photos)
            yield {"filename": "lake-20261103-1412.jpg"}  # of `make demo` without a number
        if path == "/photos?scope=mine&state=trashed":
            yield from ({"filename": name} for name in self.trashed)

    def request(self, method: str, path: str) -> dict[str, int]:
        assert (method, path) == ("GET", "/stats?scope=mine")
        return {"photos": len(self.photos)}

    def numbers(self) -> list[str]:
        return sorted(photo.filename[-10:-4] for photo in self.photos)


def upload(client: MemoryClient, total: int = TOTAL, now: datetime = NOW) -> int:
    return upload_missing(client, total, now, sleep=lambda _: None)


def test_every_photo_is_uploaded_once() -> None:
    client = MemoryClient()
    assert upload(client) == TOTAL
    assert client.numbers() == [f"{number:06}" for number in range(1, TOTAL + 1)]
    assert len({photo.content for photo in client.photos}) == TOTAL
    assert upload(client) == 0


def test_interrupted_upload_continues_with_the_missing_photos() -> None:
    client = MemoryClient(capacity=5)
    with pytest.raises(UserError, match="full"):
        upload(client)
    client.capacity = TOTAL
    assert upload(client) == TOTAL - 5
    assert client.numbers() == [f"{number:06}" for number in range(1, TOTAL + 1)]


def test_ctrl_c_says_how_far_it_came() -> None:
    class InterruptedClient(MemoryClient):
        def upload(self, photo: DemoPhoto) -> str | None:
            if len(self.photos) == 5:
                raise KeyboardInterrupt
            return super().upload(photo)

    client = InterruptedClient()
    with pytest.raises(Interrupted) as stopped:
        upload(client)
    count = len(client.photos)
    expected = f"Stopped: {count} of 12 photos are there, {count} of them new; the same command continues."
    assert str(stopped.value) == expected
    continued = InterruptedClient(photos=client.photos[:3])
    with pytest.raises(Interrupted) as stopped:
        upload(continued)
    count = len(continued.photos)
    assert str(stopped.value).startswith(f"Stopped: {count} of 12 photos are there, {count - 3} of them new;")


def test_photos_that_the_library_knows_are_not_counted_as_added() -> None:
    class KnowingClient(MemoryClient):
        def upload(self, photo: DemoPhoto) -> str | None:
            return None if int(photo.filename[-10:-4]) % 3 == 0 else super().upload(photo)

    assert upload(KnowingClient()) == TOTAL - TOTAL // 3


def test_trashed_photos_are_not_uploaded_again() -> None:
    names = tuple(photo.filename for series in demo_series(TOTAL, NOW) for photo in series.photos)
    assert upload(MemoryClient(trashed=names[1:])) == 1


def test_photos_of_a_series_differ_and_are_the_same_in_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    series = next(series for series in demo_series(200, NOW) if len(series.photos) > 1)
    one, other = ([photo_of(photo, draw_series(series)) for photo in series.photos[:2]] for _ in range(2))
    assert one == other
    assert one[0].content != one[1].content
    with Image.open(BytesIO(one[0].content)) as image:
        assert min(image.size) > 500


def test_continuing_in_the_same_month_makes_the_same_bytes() -> None:
    early, late = MemoryClient(), MemoryClient()
    upload(early, 3, NOW.replace(day=2))
    upload(late, 3, NOW.replace(day=29, hour=23))
    assert {photo.content for photo in early.photos} == {photo.content for photo in late.photos}


def test_photos_that_are_still_processed_are_waited_for() -> None:
    client, unprocessed = MemoryClient(), MemoryClient()
    upload(unprocessed)

    def process(_: float) -> None:
        client.photos.extend(unprocessed.photos[len(client.photos) :][:5])

    process(0)
    assert upload_missing(client, TOTAL, NOW, sleep=process) == 0
