"""Conditional requests: If-Match and the like, on reads, writes and the source of a copy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from local.ministack.objects.errors import no_such_key, precondition_failed
from local.ministack.objects.records import Version


@dataclass(frozen=True, slots=True)
class WriteCondition:
    """What must hold for the current object of a key when it is replaced or deleted."""

    match: str = ""
    none_match: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "WriteCondition":
        """The condition of a request."""
        return cls(headers.get("if-match", "").strip(), headers.get("if-none-match", "").strip())

    def check(self, current: Version | None) -> None:
        """Raise S3Error if it does not hold; None: the key has no object."""
        if self.none_match and current and has_etag(self.none_match, current.content.etag):
            raise precondition_failed()
        if self.match and not current:
            raise no_such_key()
        if self.match and current and not has_etag(self.match, current.content.etag):
            raise precondition_failed()


def has_etag(field: str, etag: str) -> bool:
    """Whether a list of ETags, or `*`, contains the ETag."""
    return field == "*" or any(each.strip().removeprefix("W/").strip('"') == etag for each in field.split(","))


def is_unmodified(headers: Mapping[str, str], version: Version, prefix: str = "") -> bool:
    """Whether the client has this version already: 304. Raises S3Error if another condition does not hold.

    Conditions on ETags win over those on times (RFC 9110, 13.2.2). `prefix` precedes each header's name.
    """
    modified = datetime.fromtimestamp(version.modified // 1000, UTC)
    if match := headers.get(f"{prefix}if-match", ""):
        if not has_etag(match, version.content.etag):
            raise precondition_failed()
    elif (until := _time(headers.get(f"{prefix}if-unmodified-since", ""))) and modified > until:
        raise precondition_failed()
    if none_match := headers.get(f"{prefix}if-none-match", ""):
        return has_etag(none_match, version.content.etag)
    since = _time(headers.get(f"{prefix}if-modified-since", ""))
    return since is not None and modified <= since


def _time(value: str) -> datetime | None:
    """An HTTP date; None if it is missing or malformed, as such headers are ignored."""
    try:
        moment = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
