from pathlib import Path

import pytest

from tests.e2e.conftest import UPLOAD_METHODS, Client, sample_photos
from tests.support.images.tiny import picture


def test_a_photo_through_each_of_the_five_doors_appears_by_itself(client: Client) -> None:
    for place, (door, put) in enumerate(UPLOAD_METHODS.items()):
        put(client, f"through the {door}.jpg", picture(size=(300 + place, 200)))
    found = client.wait_until_processed({f"through the {door}.jpg" for door in UPLOAD_METHODS})
    assert {photo["state"] for photo in found.values()} == {"ready"}
    for place, door in enumerate(UPLOAD_METHODS):
        photo = found[f"through the {door}.jpg"]
        assert (photo["width"], photo["mine"], photo["status"]) == (300 + place, True, "private")
        assert client.send("GET", photo["thumbnail_url"], b"", None).startswith(b"\xff\xd8")


def test_what_is_no_picture_shows_its_reason_through_each_door(client: Client) -> None:
    for door, put in UPLOAD_METHODS.items():
        put(client, f"words through the {door}.jpg", f"no picture, but {door}".encode())
    found = client.wait_until_processed({f"words through the {door}.jpg" for door in UPLOAD_METHODS})
    assert {photo["state"] for photo in found.values()} == {"rejected"}
    assert all(photo["reason"] for photo in found.values())


def test_a_photo_is_drawn_at_random_and_comes_as_its_bytes_to_who_accepts_nothing_in_particular(client: Client) -> None:
    client.upload_form("drawn.png", picture("olive", size=(300, 200), form="PNG"))
    assert client.wait_until_processed({"drawn.png"})["drawn.png"]["state"] == "ready"
    for _ in range(8):
        image = client.send("GET", f"{client.library.api_url}/random?label=camera", b"", None, signed_in=True)
        assert image.startswith((b"\x89PNG", b"\xff\xd8"))


@pytest.mark.proof
@pytest.mark.skipif(not sample_photos(), reason="no sample photos here")
@pytest.mark.parametrize("door", UPLOAD_METHODS)
def test_every_sample_photo_through_this_door(client: Client, door: str) -> None:
    names = {f"{door} {path.name}": path for path in sample_photos()}
    for name, path in names.items():
        UPLOAD_METHODS[door](client, name, _own_bytes(path, door))
    found = client.wait_until_processed(set(names))
    for name, photo in found.items():
        assert photo["state"] == "ready", (name, photo["reason"])
        assert photo["placeholder"]


def _own_bytes(path: Path, door: str) -> bytes:
    """The file with a few bytes behind its end that no reader looks at, so that no two are the same."""
    mark = door.encode()
    if path.suffix.lower() == ".heic":
        return path.read_bytes() + (len(mark) + 8).to_bytes(4, "big") + b"free" + mark
    return path.read_bytes() + mark


@pytest.mark.proof
def test_what_is_larger_than_any_original_may_be_is_rejected_before_it_is_read(client: Client) -> None:
    url = client.request("PUT", "/upload", b'{"file_name": "huge.jpg"}', "application/json")["url"]
    client.send("PUT", url, picture() + bytes(300 * 1024 * 1024), "image/jpeg")
    photo = client.wait_until_processed({"huge.jpg"})["huge.jpg"]
    assert (photo["state"], photo["bytes"] > 300 * 1024 * 1024) == ("rejected", True)
    assert "at most 209,715,200" in photo["reason"]
