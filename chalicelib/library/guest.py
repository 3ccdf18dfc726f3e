"""Guests: people who add photos through a shared link, without an account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guest:
    """Who added a photo: the name that they gave, and the id of the shared link.

    If it `needs_review`, the album's owner decides whether others see it.
    """

    name: str
    share_id: str
    needs_review: bool = False
