"""The catalogue of an export, catalogue.jsonl: the metadata of all photos, a JSON object per line.

Described in docs/catalogue.md; `python -m tintype_cli.catalogue` prints its JSON Schema.
"""

from tintype_cli.catalogue.lines import (
    CATALOGUE_NAME,
    VERSION,
    album_line,
    end_line,
    header_line,
    photo_line,
    share_line,
    to_text,
)
from tintype_cli.catalogue.reading import CatalogueError, InvalidLine, Line, read, read_header

__all__ = [
    "CATALOGUE_NAME",
    "VERSION",
    "CatalogueError",
    "InvalidLine",
    "Line",
    "album_line",
    "end_line",
    "header_line",
    "photo_line",
    "read",
    "read_header",
    "share_line",
    "to_text",
]
