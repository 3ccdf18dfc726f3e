from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.database import Database
from local.ministack.dynamodb.indexes import BASE
from local.ministack.dynamodb.store import FIVE_YEARS, TableStore, open_store
from local.ministack.dynamodb.takeover import import_tables

TABLE: dict[str, Any] = {
    "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/one",
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "at", "AttributeType": "N"},
        {"AttributeName": "color", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
}
BY_COLOR = {
    "IndexName": "by_color",
    "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_store(tmp_path / "tables", tmp_path / "damaged")
    yield database
    database.close()


def item(item_id: str, at: int, **more: Any) -> dict[str, Any]:
    return {"id": {"S": item_id}, "at": {"N": str(at)}, **more}


def put(store: TableStore, *items: dict[str, Any]) -> None:
    for each in items:
        key = store.indexes[BASE].entry(each)
        assert key
        store.put(each, store.get(key))


def members(store: TableStore, name: str) -> list[str]:
    return [each["id"]["S"] for _, each in store.scan(name, None)]


def entries(database: Database) -> int:
    (count,) = database.connection.execute("SELECT count(*) FROM entries").fetchone()
    return int(count)


def test_item_with_changed_index_key_moves(database: Database) -> None:
    store = TableStore(database, {**TABLE, "GlobalSecondaryIndexes": [BY_COLOR]})
    put(store, item("a", 1, color={"S": "red"}), item("b", 1), item("c", 1, color={"S": "blue"}))
    assert members(store, "by_color") == ["c", "a"]
    put(store, item("a", 1, color={"S": "amber"}), item("b", 1, color={"S": "gray"}), item("c", 1))
    assert members(store, "by_color") == ["a", "b"]
    assert members(store, BASE) == ["a", "b", "c"]
    assert entries(database) == 5


def test_deleted_item_leaves_nothing(database: Database) -> None:
    store = TableStore(database, {**TABLE, "GlobalSecondaryIndexes": [BY_COLOR]})
    put(store, item("a", 1, color={"S": "red"}))
    store.delete(item("a", 1, color={"S": "red"}))
    assert entries(database) == 0
    assert database.connection.execute("SELECT count(*) FROM items").fetchone() == (0,)


def test_new_index_gets_all_items_and_old_one_goes(database: Database) -> None:
    store = TableStore(database, TABLE)
    put(store, item("a", 1, color={"S": "red"}), item("b", 1))
    store.update_indexes({**TABLE, "GlobalSecondaryIndexes": [BY_COLOR]})
    assert members(store, "by_color") == ["a"]
    store.update_indexes(TABLE)
    assert entries(database) == 2


def test_items_belong_to_the_arn(database: Database) -> None:
    put(TableStore(database, TABLE), item("a", 1))
    other = TableStore(database, {**TABLE, "TableArn": f"{TABLE['TableArn']}-2"})
    put(other, item("b", 1))
    again = TableStore(database, TABLE)
    assert members(again, BASE) == ["a"]
    again.drop()
    assert members(TableStore(database, TABLE), BASE) == []
    assert members(other, BASE) == ["b"]


def test_key_of_a_table_cannot_change(database: Database) -> None:
    put(TableStore(database, TABLE), item("a", 1))
    with pytest.raises(ValueError, match="cannot change"):
        TableStore(database, {**TABLE, "KeySchema": TABLE["KeySchema"][:1]})
    assert members(TableStore(database, TABLE), BASE) == ["a"]


def test_expired_items_are_deleted_oldest_first(database: Database) -> None:
    now = FIVE_YEARS + 1000
    store = TableStore(database, TABLE)
    expiry = {"past": now - 5, "earlier": now - 9, "now": now, "soon": now + 1, "ancient": 500}
    put(store, *(item(name, 1, expires={"N": str(at)}) for name, at in expiry.items()))
    put(store, item("text", 1, expires={"S": "1"}), item("never", 1))
    assert store.delete_expired(now, 9) == 0
    store.set_expiry_attribute(TABLE, "expires")
    assert store.expiry_attribute == "expires"
    assert store.delete_expired(now, 1) == 1
    assert "earlier" not in members(store, BASE)
    assert store.delete_expired(now + 0.5, 9) == 2
    assert members(store, BASE) == ["ancient", "never", "soon", "text"]
    assert TableStore(database, TABLE).expiry_attribute == "expires"


def test_query_reads_no_rows_beyond_those_taken(database: Database) -> None:
    """Rows are loaded one by one, so that a page of a large partition costs as much as one of a small partition."""
    store = TableStore(database, TABLE)
    put(store, item("a", 1))
    database.connection.execute("UPDATE items SET body = 'not JSON'")
    put(store, item("a", 0))
    rows = store.query(BASE, store.indexes[BASE].key(["a"], ["0"])[0], (b"", None), forward=True)
    assert next(rows)[1] == item("a", 0)
    with pytest.raises(ValueError):
        next(rows)


def test_import_of_tables(tmp_path: Path) -> None:
    table = {**TABLE, "GlobalSecondaryIndexes": [BY_COLOR], "items": {"a": {"1": item("a", 1, color={"S": "red"})}}}
    path, damaged = tmp_path / "new", tmp_path / "damaged"
    assert import_tables(path, damaged, {table["TableArn"]: table}) == 1
    assert import_tables(path, damaged, {table["TableArn"]: table}) == 0
    database = open_store(path, damaged)
    assert members(TableStore(database, table), "by_color") == ["a"]
    database.close()
