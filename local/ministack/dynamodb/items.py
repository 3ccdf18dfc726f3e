"""What MiniStack sees as a table's items: `table["items"].get(hash, {}).get(sort)`, read from the store when needed.

Each request sees an item as the same object every time, like in memory, until `forget` is called at its end.
"""

from typing import Any

from local.ministack.dynamodb.indexes import BASE, Item
from local.ministack.dynamodb.store import TableStore


class StoredItems:
    """The items of one table, by the text of their key values."""

    def __init__(self, store: TableStore) -> None:
        self.store = store
        self._loaded: dict[tuple[bytes, bytes], Item | None] = {}

    def get(self, hash_value: str, _default: object = None) -> "Partition":
        """The items with this hash value."""
        return Partition(self, hash_value)

    def read(self, hash_value: str, sort_value: str) -> Item | None:
        """The item with this key, or None."""
        key = self._key(hash_value, sort_value)
        if key not in self._loaded:
            self._loaded[key] = self.store.get(key)
        return self._loaded[key]

    def write(self, hash_value: str, sort_value: str, item: Item) -> Item | None:
        """Store the item; returns the one that was there."""
        old = self.read(hash_value, sort_value)
        self.store.put(item, old)
        self._loaded[self._key(hash_value, sort_value)] = item
        return old

    def remove(self, hash_value: str, sort_value: str) -> Item | None:
        """Delete the item; returns it, or None if there was none."""
        old = self.read(hash_value, sort_value)
        if old is not None:
            self.store.delete(old)
        self._loaded[self._key(hash_value, sort_value)] = None
        return old

    def forget(self) -> None:
        """Read everything again from now on."""
        self._loaded.clear()

    def _key(self, hash_value: str, sort_value: str) -> tuple[bytes, bytes]:
        base = self.store.indexes[BASE]
        return base.key([hash_value], [sort_value] if base.sort_names else [])  # without a sort key it is a placeholder

    def __deepcopy__(self, _memo: dict[int, Any]) -> dict[str, Any]:
        """Nothing: MiniStack copies a table's definition together with its items in order to save both."""
        return {}


class Partition:
    """The items with one hash value, by the text of their sort value."""

    def __init__(self, items: StoredItems, hash_value: str) -> None:
        self._items = items
        self._hash_value = hash_value

    def get(self, sort_value: str, _default: object = None) -> Item | None:
        """The item with this sort value, or None."""
        return self._items.read(self._hash_value, sort_value)
