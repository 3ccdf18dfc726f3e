"""DynamoDB write units of a photo: uploaded, made public, added to an album, deleted, imported; counted over moto.

By DynamoDB's documentation: a write costs one unit for each started kilobyte of the larger of the item before and after
it, two in a transaction. Each index costs as much again (not doubled) for an entry that is added, removed or has a
changed attribute, and both entries if their key changes. Nothing reports this: emulators count writes, not bytes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from moto import mock_aws

from benchmarks.item_size import item_bytes
from chalicelib.aws.dynamodb.items import to_wire
from chalicelib.aws.dynamodb.transaction import Tables, album_key
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Visibility
from chalicelib.library.transitions import Edit, Transition, add_to_album, remove_from_album
from tests.contract.tables import table_definitions
from tests.stress.aws_library import AwsLibrary, new_library
from tests.support import aws_clients, moto_speedups
from tests.support.factories import OWNER

PHOTOS = 20
TAGS = tuple(f"tag{n}" for n in range(7))  # and a label
ALBUM = "a1"
UNIT_BYTES = 1024
UPLOADED = UploadMetadata("a.jpg", user_tags=TAGS)
IMPORTED = replace(
    UPLOADED,
    caption="The bay from our terrace",
    rating=4,
    favorite=True,
    place=("Cascais", "Lisbon", "Portugal"),
    taken_local=datetime(2019, 5, 6, 7, 8, 9),  # noqa: DTZ001 - a camera's clock
    offset=timedelta(hours=1),
    created_at=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
)

type Item = Mapping[str, Any]


class WriteUnits:
    """Counts the write units of a client's calls, by table."""

    def __init__(self, client: Any) -> None:
        self.units: Counter[str] = Counter()
        self._client = client
        self._written: list[tuple[str, Item, Item | None, int]] = []
        client.meta.events.register("provide-client-params.dynamodb.*", self._before)
        client.meta.events.register("after-call.dynamodb.*", self._after)

    def _before(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        writes, factor = [params], 1
        if model.name == "TransactWriteItems":
            writes = [
                write for each in params["TransactItems"] for name, write in each.items() if name != "ConditionCheck"
            ]
            factor = 2
        elif model.name not in {"PutItem", "UpdateItem", "DeleteItem"}:
            return
        for write in writes:
            key = _key(write)
            self._written.append((write["TableName"], key, self._read(write["TableName"], key), factor))

    def _after(self, model: Any, http_response: Any, **_: Any) -> None:
        if model.name in {"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"}:
            written, self._written = self._written, []
            for table, key, before, factor in written if http_response.status_code == 200 else []:
                self.units[_noun(table)] += _units(_noun(table), before, self._read(table, key), factor)

    def _read(self, table: str, key: Item) -> Item | None:
        item: Item | None = self._client.get_item(TableName=table, Key=key).get("Item")
        return item


def run() -> Iterator[str]:
    """The table: write units of each change of a photo, on average."""
    moto_speedups.apply()
    yield f"| a photo with {len(TAGS) + 1} tags | photos | memberships | trends | all |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    clients = aws_clients.moto_clients()
    with mock_aws(), new_library(clients) as library:
        counted = WriteUnits(clients.get("dynamodb"))
        create_album(clients.get("dynamodb"), library.container.tables)
        changes = (
            ("uploaded and processed", _upload),
            ("made public", _publish),
            ("added to an album", partial(_apply, transition=partial(add_to_album, album_id=ALBUM))),
            ("taken out of it", partial(_apply, transition=partial(remove_from_album, album_id=ALBUM))),
            ("deleted", _delete),
            ("ticket", partial(_request_ticket, metadata=UPLOADED)),
            ("ticket of an import", partial(_request_ticket, metadata=IMPORTED)),
            ("uploaded by an import and processed", partial(_upload, metadata=IMPORTED)),
        )
        for name, change in changes:
            counted.units.clear()
            for number in range(PHOTOS):
                change(library, number)
            units = [counted.units[table] / PHOTOS for table in ("photos", "memberships", "trends")]
            yield f"| {name} | " + " | ".join(f"{each:.1f}" for each in (*units, sum(units))) + " |"


def _request_ticket(library: AwsLibrary, _: int, metadata: UploadMetadata) -> None:
    library.uploads.create_ticket(OWNER, metadata, None)


def _upload(library: AwsLibrary, number: int, metadata: UploadMetadata = UPLOADED) -> None:
    metadata = replace(metadata, filename=f"{number}.jpg")
    library.deliver_event(library.uploads.store_original(OWNER, metadata, b"%d" % number).key)


def _photo_id(library: AwsLibrary, number: int) -> str:
    return next(photo_id for photo_id, p in library.snapshot().photos.items() if p.filename == f"{number}.jpg")


def _publish(library: AwsLibrary, number: int) -> None:
    library.editor.edit(OWNER, _photo_id(library, number), Edit(visibility=Visibility.PUBLIC))


def _apply(library: AwsLibrary, number: int, transition: Transition) -> None:
    library.editor.apply(OWNER, _photo_id(library, number), transition)


def create_album(client: Any, tables: Tables) -> None:
    """Create the album, as far as photos need it."""
    client.put_item(TableName=tables.albums, Item=to_wire(album_key(ALBUM)))


def _delete(library: AwsLibrary, number: int) -> None:
    library.editor.erase(OWNER, _photo_id(library, number))


def _noun(table: str) -> str:
    return table.rpartition("-")[2]


def _key(write: Mapping[str, Any]) -> Item:
    """The primary key of the item that is written."""
    if "Key" in write:
        return dict(write["Key"])
    schema = table_definitions()[_noun(write["TableName"])]["KeySchema"]
    return {each["AttributeName"]: write["Item"][each["AttributeName"]] for each in schema}


def _units(table: str, before: Item | None, after: Item | None, factor: int) -> int:
    """The units of a write of this item, with those of its indexes."""
    units = factor * max(_size_units(before), _size_units(after), 1)
    for index in table_definitions()[table].get("GlobalSecondaryIndexes", []):
        names = [each["AttributeName"] for each in index["KeySchema"]]
        old, new = _entry(table, index, names, before), _entry(table, index, names, after)
        if old == new:
            continue
        if old and new and all(old[name] == new[name] for name in names):
            units += max(_size_units(old), _size_units(new))
        else:
            units += _size_units(old) + _size_units(new)
    return units


def _entry(table: str, index: Mapping[str, Any], names: list[str], item: Item | None) -> Item | None:
    """What an index has of an item, or None."""
    if item is None or any(name not in item for name in names):
        return None
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    keys = [each["AttributeName"] for each in table_definitions()[table]["KeySchema"]]
    projected = {*names, *keys, *projection.get("NonKeyAttributes", ())}
    return {name: value for name, value in item.items() if name in projected}


def _size_units(item: Item | None) -> int:
    """The started kilobytes of an item."""
    return -(-item_bytes(item) // UNIT_BYTES) if item else 0
