"""The columns of the table of places, as they are in places.bin.

`infrastructure.place_table` makes the file from GeoNames' cities (CC BY 4.0). Compressed by zlib, little-endian:

- the numbers of places, of bytes of their names, and of bytes of the regions, 4 bytes each;
- latitudes, and longitudes as differences from the place before, in thousandths of a degree (110 m), 4 bytes each;
- the row of the city that a place is a part of, -1 if of none, 4 bytes each;
- the number of its region, 2 bytes each; the length of its name in UTF-8, 1 byte each;
- the names; a line for each region: its name, which may be empty, a tab, and its country.

Places are sorted by whole degrees of latitude, then by longitude.
"""

import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from struct import Struct

FILE = Path(__file__).with_name("places.bin")
HEADER = Struct("<3I")


@dataclass(frozen=True, slots=True)
class Columns:
    """A row for each place; latitudes and longitudes in thousandths of a degree."""

    latitudes: Sequence[int]
    longitudes: Sequence[int]
    cities: Sequence[int]  # row of the city that the place is a part of, else -1
    regions: Sequence[int]
    name_ends: Sequence[int]  # in bytes of `names`
    names: bytes
    region_names: tuple[tuple[str, str], ...]  # region, which may be "", and country

    def name(self, row: int) -> str:
        """The name of a place."""
        start = self.name_ends[row - 1] if row else 0
        return self.names[start : self.name_ends[row]].decode()


def parse(file: bytes) -> Columns:
    """The columns of a file in this format."""
    content = zlib.decompress(file)
    places, name_bytes, region_bytes = HEADER.unpack_from(content)
    rest = memoryview(content)[HEADER.size :]

    def take(size: int) -> memoryview:
        nonlocal rest
        taken, rest = rest[:size], rest[size:]
        return taken

    latitudes, differences, cities = (array("i", take(4 * places).tobytes()) for _ in range(3))
    regions = array("H", take(2 * places).tobytes())
    name_ends = array("I", accumulate(take(places)))
    names = take(name_bytes).tobytes()
    lines = take(region_bytes).tobytes().decode().splitlines()
    region_names = tuple((region, country) for region, _, country in (line.partition("\t") for line in lines))
    return Columns(latitudes, array("i", accumulate(differences)), cities, regions, name_ends, names, region_names)
