"""The bytes of items as DynamoDB bills them, about: names and values, by its documentation."""

from collections.abc import Mapping
from typing import Any

type Wire = Mapping[str, Mapping[str, Any]]


def item_bytes(item: Wire) -> int:
    """The bytes of an item in the wire format."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return len(content) // 2 + 2
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(each) for name, each in content.items())
        case "L":
            return 3 + sum(1 + _value_bytes(each) for each in content)
        case "SS" | "NS":
            return sum(len(each.encode()) for each in content)
        case "S":
            return len(content.encode())
        case "B":
            return len(bytes(content))
        case _:
            return 1
