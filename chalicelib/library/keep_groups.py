"""Groups of near-duplicates that their owner has decided to keep, so that they are not proposed for review again.

Each photo names the groups that it was kept in. Photos that are left of a group still have its name in common, and a
photo that is added later has not.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from hashlib import sha256

from chalicelib.library.photo import Photo

# Groups change as photos are added. The oldest names go.
MAX_KEEP_GROUPS = 8
NAME_BYTES = 8


def group_name(photo_ids: Iterable[str]) -> str:
    """The name of the group of these photos, whatever their order: 16 hexadecimal digits."""
    return sha256("\n".join(sorted(photo_ids)).encode(errors="surrogatepass")).hexdigest()[: 2 * NAME_BYTES]


def keep(photo: Photo, group: str) -> Photo:
    """The photo, kept in this group; unchanged if it is already."""
    if group in photo.keep_groups:
        return photo
    return replace(photo, keep_groups=(*photo.keep_groups, group)[-MAX_KEEP_GROUPS:])


def unkeep(photo: Photo, group: str) -> Photo:
    """The photo, no longer kept in this group."""
    return replace(photo, keep_groups=tuple(each for each in photo.keep_groups if each != group))


def share_keep_group(photos: Collection[Photo]) -> bool:
    """Whether all of these photos were kept in the same group."""
    return bool(set.intersection(*(set(photo.keep_groups) for photo in photos)))
