"""Which keys a table has an item under: its own, those of its indexes, and the time at which the item expires."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.ministack.dynamodb.key_encoding import AttributeValue, encode_key

type Item = dict[str, Any]  # DynamoDB JSON
type Table = Mapping[str, Any]  # MiniStack's table

BASE = ""  # the name of the table's own key
EXPIRY = "*expiry"  # no index of a table can have this name


@dataclass(frozen=True, slots=True)
class Index:
    """A key schema: all items that have its attributes, by hash, and in each hash by sort."""

    name: str
    hash_names: tuple[str, ...]
    sort_names: tuple[str, ...]  # ends with the table's own key: items with equal index keys are in its order
    types: Mapping[str, str]

    @property
    def definition(self) -> str:
        """Text that differs if entries of this index would differ."""
        names = [*self.hash_names, "|", *self.sort_names]
        return " ".join(f"{name}:{self.types.get(name, '')}" for name in names)

    def entry(self, item: Item) -> tuple[bytes, bytes] | None:
        """The item's hash and sort bytes, or None if it is not in this index."""
        hashes, sorts = self._values(item, self.hash_names), self._values(item, self.sort_names)
        return None if hashes is None or sorts is None else (encode_key(hashes), encode_key(sorts))

    def key(self, hash_values: Sequence[str], sort_values: Sequence[str]) -> tuple[bytes, bytes]:
        """The hash and sort bytes of values without their types."""
        hashes = [{self.types[name]: text} for name, text in zip(self.hash_names, hash_values, strict=True)]
        sorts = [{self.types[name]: text} for name, text in zip(self.sort_names, sort_values, strict=True)]
        return encode_key(hashes), encode_key(sorts)

    def _values(self, item: Item, names: Sequence[str]) -> list[AttributeValue] | None:
        values = [item.get(name) for name in names]
        if any(value is None or value.keys() != {self.types[name]} for name, value in zip(names, values, strict=True)):
            return None
        return [value for value in values if value is not None]


def indexes_of(table: Table, expiry_attribute: str) -> tuple[Index, ...]:
    """All indexes of a table, its own key first; with an expiry attribute also the one by time of expiry."""
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    hash_names, sort_names = _key_names(table["KeySchema"])
    base = Index(BASE, hash_names, sort_names, types)
    own_key = (*hash_names, *sort_names)
    indexes = [base]
    for definition in (*(table.get("GlobalSecondaryIndexes") or ()), *(table.get("LocalSecondaryIndexes") or ())):
        hash_names, sort_names = _key_names(definition["KeySchema"])
        tie = tuple(name for name in own_key if name not in sort_names)
        indexes.append(Index(definition["IndexName"], hash_names, (*sort_names, *tie), types))
    if expiry_attribute:
        indexes.append(Index(EXPIRY, (), (expiry_attribute, *own_key), {**types, expiry_attribute: "N"}))
    return tuple(indexes)


def _key_names(schema: Sequence[Mapping[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the HASH and of the RANGE attributes."""
    return (
        tuple(each["AttributeName"] for each in schema if each["KeyType"] == "HASH"),
        tuple(each["AttributeName"] for each in schema if each["KeyType"] == "RANGE"),
    )
