"""How a photo was exposed, in whole numbers: exact in the database, equal wherever they are compared."""

from dataclasses import dataclass

NANOSECONDS = 1_000_000_000
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Exposure:
    """Time in nanoseconds, f-number and focal lengths (mm) in hundredths; None for what is unknown.

    `equivalent_focal_length` is the one that shows as much on 35 mm film.
    """

    time: int | None = None
    f_number: int | None = None
    iso: int | None = None
    focal_length: int | None = None
    equivalent_focal_length: int | None = None
