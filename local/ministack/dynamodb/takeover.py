"""Moves the tables of a library that was stored in snapshots into a new database."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.ministack.dynamodb.store import TableStore, open_store


def import_tables(path: Path, damaged_dir: Path, tables: Mapping[str, Mapping[str, Any]]) -> int:
    """Store the items of MiniStack's tables, by ARN, in a new database at `path`; returns the number of items."""
    database = open_store(path, damaged_dir)
    try:
        with database.transaction():
            return sum(import_items(TableStore(database, table), table) for table in tables.values())
    finally:
        database.close()


def import_items(store: TableStore, table: Mapping[str, Any]) -> int:
    """Store the items of a MiniStack table, unless the store has items; returns their number."""
    if store.count():
        return 0
    return store.load(item for partition in table["items"].values() for item in partition.values())
