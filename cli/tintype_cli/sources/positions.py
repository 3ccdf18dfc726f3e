"""Positions in the files of other programs."""

from math import isfinite


def read_position(latitude: object, longitude: object) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, if both are numbers; 0, 0 is what programs write that have no position."""
    north, east = _degrees(latitude), _degrees(longitude)
    return (north, east) if north is not None and east is not None and (north or east) else None


def _degrees(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        degrees = float(value)
    except OverflowError:
        return None
    return degrees if isfinite(degrees) else None
