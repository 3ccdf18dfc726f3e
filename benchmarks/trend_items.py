"""The totals of all collections of a generated library, as the transactions of its photos would have left them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws.dynamodb.items import format_timestamp
from chalicelib.library.collections import ALL_PHOTOS, weight_class_of
from chalicelib.library.facets import COUNTED_FACETS, Facet, facet_of
from chalicelib.library.memberships import Collection, Membership

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Sum:
    """The totals of one collection, and its newest photo."""

    count: int = 0
    bytes: int = 0
    heat: int = 0
    classes: dict[int, tuple[int, int]] = field(default_factory=dict)
    newest: tuple[str, str, str] = ("", "", "")  # position, photo id, name

    def add(self, row: Membership) -> None:
        self.count += 1
        self.bytes += row.bytes
        self.heat += row.heat
        if row.weight:
            weight_class = weight_class_of(row.weight)
            photos, weight = self.classes.get(weight_class, (0, 0))
            self.classes[weight_class] = (photos + 1, weight + row.weight)
        self.newest = max(self.newest, (row.position, row.photo_id, row.name))


class TrendSums:
    """Sums memberships by collection."""

    def __init__(self) -> None:
        self._sums: dict[Collection, _Sum] = {}

    def add(self, rows: Iterable[Membership]) -> None:
        """Add the memberships of one or more photos; those without totals do not count."""
        for row in rows:
            if row.has_totals:
                self._sums.setdefault(row.collection, _Sum()).add(row)

    def items(self, now: datetime = NEW_YEAR) -> Iterator[dict[str, Any]]:
        """The items of the trends table."""
        tags_in_use = Counter(scope for scope, tag in self._sums if tag != ALL_PHOTOS)
        for (scope, tag), total in self._sums.items():
            facet = facet_of(scope)
            item: dict[str, Any] = {"scope": scope, "tag": tag, "count": total.count, "version": total.count}
            item |= {"updated_at": format_timestamp(now), "cover": total.newest[1]}
            item |= {"bytes": total.bytes, "heat": total.heat} if facet is None else {}
            item |= {"name": total.newest[2]} if total.newest[2] else {}
            for weight_class, (photos, weight) in total.classes.items():
                item |= {f"n{weight_class:02d}": photos, f"w{weight_class:02d}": weight}
            if tag == ALL_PHOTOS:
                item["tag_count"] = tags_in_use[scope]
            elif facet is not Facet.CELL:
                item["ranking"] = scope
            yield item
        for scope, tags in tags_in_use.items():
            if facet_of(scope) in COUNTED_FACETS:
                row = {"scope": scope, "tag": ALL_PHOTOS, "count": 0, "tag_count": tags, "version": tags}
                yield row | {"updated_at": format_timestamp(now)}
