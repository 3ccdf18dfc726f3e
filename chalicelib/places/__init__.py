"""Names of places: the nearest city, its region and its country, from a table in this package.

Needs nothing but the standard library, and no network: a photo's position leaves the library for no service.
"""

from chalicelib.places.table import PlaceTable

__all__ = ["PlaceTable"]
