"""Query parameters that several routes share: scope, tags, dates."""

import re
from datetime import date, datetime, time, timedelta

from chalicelib.errors import Invalid, Unauthenticated
from chalicelib.http.requests import ApiRequest
from chalicelib.http.validation import DATE_AND_MINUTE, OFFSET
from chalicelib.library.collections import PUBLIC_SCOPE, owner_scope
from chalicelib.library.photo import clean_tag

# Python would also read weeks, days without hyphens, and a lot more.
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(DATE_AND_MINUTE + r"(:[0-9]{2}(\.[0-9]+)?)?" + OFFSET + "?", re.IGNORECASE)


def scope(request: ApiRequest) -> str:
    """The scope from `scope=mine|public`; by default the caller's library if signed in, else the public one."""
    value = request.get_enum("scope", "mine", "public")
    if value == "public" or (value is None and request.viewer is None):
        return PUBLIC_SCOPE
    if request.viewer is None:
        raise Unauthenticated("Sign in to see your own library.")
    return owner_scope(request.viewer)


def tags(request: ApiRequest, name: str, max_tags: int) -> tuple[str, ...]:
    """The distinct tags of a repeatable parameter, normalized; raises Invalid."""
    return tuple(dict.fromkeys(tag(value, name) for value in request.get_list(name, max_tags)))


def tag(value: str, name: str) -> str:
    """The normalized tag in the parameter `name`; raises Invalid."""
    try:
        return clean_tag(value)
    except Invalid as error:
        raise Invalid(str(error), field=name) from None


def time_range(request: ApiRequest) -> tuple[datetime | None, datetime | None]:
    """The parameters `from` and `to`: ISO 8601 dates or times of the camera's clock; None is unbounded.

    A time zone is ignored, since the clock is what photos are sorted by. The end is exclusive; a date as `to` includes
    the whole day. Raises Invalid, also if `from` is after `to`.
    """
    start, end = _time(request.get("from"), "from", days=0), _time(request.get("to"), "to", days=1)
    last = end - timedelta.resolution if end and _is_date(request.get("to") or "") else end
    if start and last and start > last:
        raise Invalid("from must not be after to.", field="from")
    return start, end


def _time(value: str | None, name: str, *, days: int) -> datetime | None:
    if value is None:
        return None
    try:
        if _is_date(value):
            return datetime.combine(date.fromisoformat(value), time()) + timedelta(days=days)
        if TIME.fullmatch(value):
            return datetime.fromisoformat(value.upper()).replace(tzinfo=None)
    except (ValueError, OverflowError):
        pass
    raise Invalid(f"{name} must be a date like 2026-11-20, or a time like 2026-11-20T18:30:00.", field=name)


def _is_date(value: str) -> bool:
    return DATE.fullmatch(value) is not None
