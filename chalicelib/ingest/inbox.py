"""Inboxes: the part of the originals bucket in which each file belongs to the person whose owner id its key names.

They are for S3 tools of people who may write nowhere else in the bucket: `inbox/{owner}/…`.
"""

INBOX_PREFIX = "inbox/"


def inbox_prefix(owner: str) -> str:
    """The prefix of the keys in this person's inbox."""
    return f"{INBOX_PREFIX}{owner}/"


def is_in_inbox(key: str) -> bool:
    """Whether the key has the prefix of inboxes, of a known person or not."""
    return key.startswith(INBOX_PREFIX)


def inbox_owner(key: str) -> str | None:
    """The owner id that a key in an inbox names, which may be nobody's; None for any other key."""
    parts = key.split("/", 2)
    return parts[1] if is_in_inbox(key) and len(parts) == 3 else None


def inbox_folder(key: str) -> str:
    """The folders between an inbox and the file at this key, such as `Trips/Lisbon`; empty if there are none."""
    return "/".join(filter(None, key.split("/")[2:-1])) if is_in_inbox(key) else ""
