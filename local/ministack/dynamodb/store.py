"""Items of all tables in one SQLite database, with one entry for each index that an item is in.

Entries are clustered by index, hash and sort bytes, so that a Query reads a range; items are stored once, as JSON.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from local.database import Database, open_database
from local.ministack.dynamodb.indexes import BASE, EXPIRY, Index, Item, Table, indexes_of
from local.ministack.dynamodb.key_encoding import encode_key

SCHEMA = """
CREATE TABLE IF NOT EXISTS tables (
    id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, expiry_attribute TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS indexes (
    id INTEGER PRIMARY KEY, table_id INTEGER NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL,
    UNIQUE (table_id, name));
CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entries (
    index_id INTEGER NOT NULL, hash BLOB NOT NULL, sort BLOB NOT NULL, item_id INTEGER NOT NULL,
    PRIMARY KEY (index_id, hash, sort)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transaction_tokens (
    token TEXT PRIMARY KEY, digest TEXT NOT NULL, response TEXT NOT NULL, completed_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS transaction_tokens_by_time ON transaction_tokens (completed_at);
"""
SELECT = "SELECT body FROM entries JOIN items ON items.id = item_id WHERE index_id = ?"
FIVE_YEARS = 5 * 365 * 86400  # seconds; what expired earlier than that stays, as in DynamoDB
type Row = tuple[int, Item]  # length of the item's JSON, which is at least its size as DynamoDB counts it
type Bounds = tuple[bytes, bytes | None]  # of sort: the first, and the least that is too great


def open_store(path: Path, damaged_dir: Path) -> Database:
    """The database of tables at `path`."""
    return open_database(path, SCHEMA, damaged_dir)


class TableStore:
    """The items of one table; writes must be inside a transaction of the database."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._connection = database.connection
        self._arn = table["TableArn"]
        self.indexes: dict[str, Index] = {}
        self._index_ids: dict[str, int] = {}
        self.update_indexes(table)

    def update_indexes(self, table: Table) -> None:
        """Use the table's current definition: write entries of new and changed indexes, delete those of others."""
        with self._database.transaction():
            self._connection.execute("INSERT INTO tables (arn) VALUES (?) ON CONFLICT DO NOTHING", (self._arn,))
            self._id, expiry_attribute = self._connection.execute(
                "SELECT id, expiry_attribute FROM tables WHERE arn = ?", (self._arn,)
            ).fetchone()
            self.indexes = {index.name: index for index in indexes_of(table, expiry_attribute)}
            stored = {
                name: (index_id, definition)
                for index_id, name, definition in self._connection.execute(
                    "SELECT id, name, definition FROM indexes WHERE table_id = ?", (self._id,)
                )
            }
            self._index_ids = {name: index_id for name, (index_id, _) in stored.items()}
            changed = [
                index for index in self.indexes.values() if stored.get(index.name, (0, ""))[1] != index.definition
            ]
            if any(index.name == BASE for index in changed) and BASE in stored:
                raise ValueError(f"the key of {self._arn} cannot change")
            for name in (stored.keys() - self.indexes.keys()) | {index.name for index in changed}:
                self._drop_index(name)
            for index in changed:
                self._create_index(index)

    def set_expiry_attribute(self, table: Table, attribute: str) -> None:
        """Items expire at the time (Unix seconds) in this attribute; with an empty string, never."""
        with self._database.transaction():
            self._connection.execute("UPDATE tables SET expiry_attribute = ? WHERE id = ?", (attribute, self._id))
            self.update_indexes(table)

    @property
    def expiry_attribute(self) -> str:
        """The attribute with the time of expiry, or an empty string."""
        index = self.indexes.get(EXPIRY)
        return index.sort_names[0] if index else ""

    def count(self) -> int:
        """The number of items."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM entries WHERE index_id = ?", (self._index_ids[BASE],)
        ).fetchone()
        return int(count)

    def get(self, key: tuple[bytes, bytes]) -> Item | None:
        """The item with this hash and sort bytes, or None."""
        found = self._connection.execute(
            f"{SELECT} AND hash = ? AND sort = ?", (self._index_ids[BASE], *key)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def put(self, item: Item, old: Item | None) -> None:
        """Store an item in the place of the old one, which has the same key."""
        body = json.dumps(item, separators=(",", ":"))
        if old is None:
            item_id = self._connection.execute("INSERT INTO items (body) VALUES (?)", (body,)).lastrowid
        else:
            item_id = self._item_id(item)
            self._connection.execute("UPDATE items SET body = ? WHERE id = ?", (body, item_id))
        for index in self.indexes.values():
            before, after = index.entry(old) if old else None, index.entry(item)
            if before != after:
                self._delete_entry(index, before)
                self._insert_entry(index, after, item_id)

    def delete(self, old: Item) -> None:
        """Delete a stored item."""
        item_id = self._item_id(old)
        for index in self.indexes.values():
            self._delete_entry(index, index.entry(old))
        self._connection.execute("DELETE FROM items WHERE id = ?", (item_id,))

    def query(
        self, name: str, hash_key: bytes, bounds: Bounds, *, forward: bool, after: bytes | None = None
    ) -> Iterator[Row]:
        """Rows of an index with this hash and within the bounds, in the order of sort, from after a position."""
        first, end = bounds
        if after is not None and forward:
            first = max(first, after + b"\x00")  # the least bytes that are greater
        elif after is not None:
            end = after if end is None else min(end, after)
        sql = f"{SELECT} AND hash = ? AND sort >= ? AND (? IS NULL OR sort < ?) ORDER BY sort"
        return self._rows(sql if forward else f"{sql} DESC", (self._index_ids[name], hash_key, first, end, end))

    def scan(self, name: str, after: tuple[bytes, bytes] | None) -> Iterator[Row]:
        """All rows of an index in the order of hash and sort, from after a position."""
        sql = f"{SELECT} AND (hash, sort) > (?, ?) ORDER BY hash, sort"
        return self._rows(sql, (self._index_ids[name], *(after or (b"", b""))))

    def delete_expired(self, now: float, limit: int) -> int:
        """Delete up to `limit` items that have expired; returns their number."""
        if EXPIRY not in self.indexes:
            return 0
        bounds = encode_key([{"N": str(int(now) - FIVE_YEARS)}]), encode_key([{"N": str(int(now) + 1)}])
        rows = self.query(EXPIRY, b"", bounds, forward=True)
        expired = [item for _, (_, item) in zip(range(limit), rows, strict=False)]
        if expired:
            with self._database.transaction():
                for item in expired:
                    self.delete(item)
        return len(expired)

    def drop(self) -> None:
        """Delete the table."""
        with self._database.transaction():
            self._connection.execute(
                "DELETE FROM items WHERE id IN (SELECT item_id FROM entries WHERE index_id = ?)",
                (self._index_ids[BASE],),
            )
            for name in list(self._index_ids):
                self._drop_index(name)
            self._connection.execute("DELETE FROM tables WHERE id = ?", (self._id,))

    def load(self, items: Iterable[Item]) -> int:
        """Store new items; returns their number."""
        number = 0
        for item in items:
            self.put(item, None)
            number += 1
        return number

    def _rows(self, sql: str, parameters: tuple[object, ...]) -> Iterator[Row]:
        for (body,) in self._connection.execute(sql, parameters):
            yield len(body), json.loads(body)

    def _item_id(self, item: Item) -> int:
        key = self.indexes[BASE].entry(item)
        sql = "SELECT item_id FROM entries WHERE index_id = ? AND hash = ? AND sort = ?"
        (item_id,) = self._connection.execute(sql, (self._index_ids[BASE], *(key or ()))).fetchone()
        return int(item_id)

    def _insert_entry(self, index: Index, entry: tuple[bytes, bytes] | None, item_id: int | None) -> None:
        if entry is not None:
            self._connection.execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?)", (self._index_ids[index.name], *entry, item_id)
            )

    def _delete_entry(self, index: Index, entry: tuple[bytes, bytes] | None) -> None:
        if entry is not None:
            sql = "DELETE FROM entries WHERE index_id = ? AND hash = ? AND sort = ?"
            self._connection.execute(sql, (self._index_ids[index.name], *entry))

    def _create_index(self, index: Index) -> None:
        self._index_ids[index.name] = int(
            self._connection.execute(
                "INSERT INTO indexes (table_id, name, definition) VALUES (?, ?, ?)",
                (self._id, index.name, index.definition),
            ).lastrowid
            or 0
        )
        if index.name == BASE:
            return  # the table is new, and so it is empty
        sql = "SELECT item_id, body FROM entries JOIN items ON items.id = item_id WHERE index_id = ?"
        for item_id, body in self._connection.execute(sql, (self._index_ids[BASE],)):
            self._insert_entry(index, index.entry(json.loads(body)), item_id)

    def _drop_index(self, name: str) -> None:
        index_id = self._index_ids.pop(name, None)
        self._connection.execute("DELETE FROM entries WHERE index_id = ?", (index_id,))
        self._connection.execute("DELETE FROM indexes WHERE id = ?", (index_id,))
