"""MiniStack's dictionary of tables: each table that is put into it is connected to its stored items.

Definitions of tables are saved with MiniStack's other state. The items of a table belong to its ARN: they are there
again when the definition is, and deleted with it.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

from local.database import Database
from local.ministack.dynamodb.items import StoredItems
from local.ministack.dynamodb.store import TableStore
from local.ministack.dynamodb.takeover import import_items

type ScopedName = tuple[str, str, str]  # account, region, table


class StoredTables(AccountRegionScopedDict):  # type: ignore[misc]
    """Tables by account, region and name."""

    __slots__ = ("database",)

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database

    def items_of_tables(self) -> Iterator[StoredItems]:
        """The items of every table."""
        return (table["items"] for table in self.all_values())

    def connect(self, table: dict[str, Any]) -> dict[str, Any]:
        """Replace the table's items by the stored ones."""
        if not isinstance(table["items"], StoredItems):
            with self.database.transaction():
                store = TableStore(self.database, table)
                if table["items"]:  # from a snapshot of a library that was stored in snapshots
                    import_items(store, table)
            table["items"] = StoredItems(store)
            table["ItemCount"] = store.count()
        return table

    def __setitem__(self, key: str, table: dict[str, Any]) -> None:
        super().__setitem__(key, self.connect(table))

    def set_scoped(self, account_id: str, region: str, key: str, table: dict[str, Any]) -> None:
        """As in the base class."""
        super().set_scoped(account_id, region, key, self.connect(table))

    def update(self, other: AccountRegionScopedDict | AccountScopedDict | dict[str, Any]) -> None:
        """As in the base class."""
        super().update(other)
        for table in self.all_values():
            self.connect(table)

    def pop(self, key: str, *default: Any) -> Any:
        """Delete a table with its items."""
        with suppress(KeyError):
            self[key]["items"].store.drop()
        return super().pop(key, *default)

    def __delitem__(self, key: str) -> None:
        self.pop(key)
