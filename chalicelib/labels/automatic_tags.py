"""The tags that labelers of this library give, which say less about a library than its owner's own words."""

from functools import cache

from chalicelib.labels import attributes, vocabulary
from chalicelib.labels.vision import PEOPLE


@cache
def automatic_tags() -> frozenset[str]:
    """All words of the vision labeler, and the attributes; not those of Rekognition, which has no list."""
    return attributes.NAMES | vocabulary.load().parents.keys() | {PEOPLE}
