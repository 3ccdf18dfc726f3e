"""Fingerprints: what the photos of one owner are compared by, as the rows of their collection hold it."""

from dataclasses import dataclass

HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The fingerprint of one photo at its position in the timeline.

    `whole` and `middle` are the perceptual hashes of the image and of its middle, 64 bits each; 0 describes nothing.
    `embedding` has a bit for each number of the vision model's embedding; it is empty for other labelers.
    """

    photo_id: str
    position: str
    whole: int
    middle: int
    embedding: bytes


def parse_fingerprint(photo_id: str, position: str, stored: bytes) -> Fingerprint:
    """The fingerprint stored as `Photo.fingerprint`."""
    return Fingerprint(
        photo_id=photo_id,
        position=position,
        whole=int.from_bytes(stored[:HASH_BYTES]),
        middle=int.from_bytes(stored[HASH_BYTES : 2 * HASH_BYTES]),
        embedding=stored[2 * HASH_BYTES :],
    )
