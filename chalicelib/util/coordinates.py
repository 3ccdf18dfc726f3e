"""Where a photo was taken: latitude and longitude (WGS 84), in millionths of a degree, which is a tenth of a meter."""

from dataclasses import dataclass

MILLIONTHS = 1_000_000
ROUNDING = 2  # millionths of a degree
MAX_LATITUDE, MAX_LONGITUDE = 90 * MILLIONTHS, 180 * MILLIONTHS


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Millionths of a degree, north and east positive; raises ValueError beyond 90° or 180° either way."""

    latitude: int
    longitude: int

    def __post_init__(self) -> None:
        if abs(self.latitude) > MAX_LATITUDE or abs(self.longitude) > MAX_LONGITUDE:
            raise ValueError("these coordinates are not on Earth")

    def is_close(self, other: "Coordinates") -> bool:
        """Whether both are the same but for how programs round them: to 4 places of a minute, or 6 of a degree."""
        distances = (self.latitude - other.latitude, self.longitude - other.longitude)
        return all(abs(distance) <= ROUNDING for distance in distances)


# What programs write for photos without a position.
UNKNOWN = Coordinates(0, 0)


def coordinates_from_degrees(latitude: float, longitude: float) -> Coordinates:
    """The coordinates of decimal degrees; raises ValueError also for NaN and infinity."""
    try:
        return Coordinates(round(latitude * MILLIONTHS), round(longitude * MILLIONTHS))
    except OverflowError:  # infinity
        raise ValueError("these coordinates are not on Earth") from None
