from pathlib import Path

import pytest

from tests.e2e.conftest import UPLOAD_METHODS, Client, sample_photos
from tests.support.images.tiny import encode_image


def test_each_upload_method_adds_photo(client: Client) -> None:
    for number, (method, upload) in enumerate(UPLOAD_METHODS.items()):
        upload(client, f"by {method}.jpg", encode_image(size=(300 + number, 200)))
    photos = client.wait_until_processed({f"by {method}.jpg" for method in UPLOAD_METHODS})
    assert {photo["state"] for photo in photos.values()} == {"ready"}
    for number, method in enumerate(UPLOAD_METHODS):
        photo = photos[f"by {method}.jpg"]
        assert (photo["width"], photo["mine"], photo["status"]) == (300 + number, True, "private")
        assert client.send("GET", photo["thumbnail_url"], b"", None).startswith(b"\xff\xd8")


def test_each_upload_method_rejects_text_with_reason(client: Client) -> None:
    for method, upload in UPLOAD_METHODS.items():
        upload(client, f"text by {method}.jpg", f"not an image, but {method}".encode())
    photos = client.wait_until_processed({f"text by {method}.jpg" for method in UPLOAD_METHODS})
    assert {photo["state"] for photo in photos.values()} == {"rejected"}
    assert all(photo["reason"] for photo in photos.values())


def test_random_returns_image_for_any_accept_header(client: Client) -> None:
    client.upload_form("random.png", encode_image("olive", size=(300, 200), image_format="PNG"))
    assert client.wait_until_processed({"random.png"})["random.png"]["state"] == "ready"
    for _ in range(8):
        image = client.send("GET", f"{client.library.api_url}/random?label=camera", b"", None, signed_in=True)
        assert image.startswith((b"\x89PNG", b"\xff\xd8"))


@pytest.mark.proof
@pytest.mark.skipif(not sample_photos(), reason="no sample photos here")
@pytest.mark.parametrize("method", UPLOAD_METHODS)
def test_every_sample_photo_is_ready(client: Client, method: str) -> None:
    names = {f"{method} {path.name}": path for path in sample_photos()}
    for name, path in names.items():
        UPLOAD_METHODS[method](client, name, _unique_bytes(path, method))
    photos = client.wait_until_processed(set(names))
    for name, photo in photos.items():
        assert photo["state"] == "ready", (name, photo["reason"])
        assert photo["placeholder"]


def _unique_bytes(path: Path, method: str) -> bytes:
    """The file with trailing bytes that decoders ignore, so that no two uploads are duplicates."""
    suffix = method.encode()
    if path.suffix.lower() == ".heic":
        return path.read_bytes() + (len(suffix) + 8).to_bytes(4, "big") + b"free" + suffix
    return path.read_bytes() + suffix


@pytest.mark.proof
def test_oversized_original_is_rejected_unread(client: Client) -> None:
    url = client.request("PUT", "/upload", b'{"file_name": "huge.jpg"}', "application/json")["url"]
    client.send("PUT", url, encode_image() + bytes(300 * 1024 * 1024), "image/jpeg")
    photo = client.wait_until_processed({"huge.jpg"})["huge.jpg"]
    assert (photo["state"], photo["bytes"] > 300 * 1024 * 1024) == ("rejected", True)
    assert "photos can have up to 200 MB" in photo["reason"]
