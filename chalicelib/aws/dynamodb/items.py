"""Converts photos and trends to DynamoDB items and back. Empty attributes are not stored."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from chalicelib.library.guest import Guest
from chalicelib.library.label import Label
from chalicelib.library.memberships import Membership, PendingRows
from chalicelib.library.photo import Derivative, Photo, State, Visibility
from chalicelib.library.totals import Totals, Trend
from chalicelib.util.capture_time import CaptureTime, parse_capture_time
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure

type Item = dict[str, Any]
type Wire = dict[str, dict[str, Any]]

# The only partition of the sparse index `due`, which contains the records with a `due_at`.
DUE = "due"
WEIGHT_CLASSES = 20
_TIMES = frozenset({"received_at", "finished_at", "trashed_at", "due_at"})
_CAPTURE_TIMES = frozenset({"camera_time", "corrected_time"})
_COORDINATES = frozenset({"file_coordinates", "own_coordinates"})
# The time taken in UTC, in records from before cameras' clocks were stored. Their rows are at this time, too.
_FORMER_TIME = "taken_at"
# What the file says of the position, in records from before users could say something else.
_FORMER_COORDINATES = "coordinates"
# The `due_at` of a photo whose pending rows are due earlier.
_OWN_DUE_AT = "own_due_at"
# The time to live of the table, in seconds since 1970.
_EXPIRY = "expires_at"
_TUPLES = frozenset(
    {
        *("user_tags", "keywords", "dismissed_labels", "keep_groups", "file_place", "own_place"),
        *("words", "public_words", "albums"),
    }
)
# None and empty differ: the user has removed what the file says.
_EDITED = frozenset({"own_caption", "own_place"})


def to_wire(item: Mapping[str, Any]) -> Wire:
    """A plain mapping in the wire format of DynamoDB."""
    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in item.items()}


def from_wire(wire: Mapping[str, Mapping[str, Any]]) -> Item:
    """A mapping in the wire format of DynamoDB as a plain one."""
    deserializer = TypeDeserializer()
    return {name: deserializer.deserialize(value) for name, value in wire.items()}


def photo_to_item(photo: Photo) -> Item:
    """The item of a photo; times are ISO 8601 text."""
    item: Item = {}
    for field in fields(Photo):
        value = getattr(photo, field.name)
        if value is None or value is False or (value in ((), {}, "", b"") and field.name not in _EDITED):
            continue
        if field.name == "pending_rows":
            value = _pending_rows_to_item(value)
        elif field.name in _TIMES:
            value = format_timestamp(value)
        elif field.name in _CAPTURE_TIMES:
            value = str(value)
        elif field.name == _EXPIRY:
            value = int(value.timestamp())
        elif field.name == "derivatives":
            value = {name: asdict(derivative) for name, derivative in value.items()}
        elif field.name == "labels":
            value = [_label_to_item(label) for label in value]
        elif field.name in _TUPLES:
            value = list(value)
        elif field.name in {*_COORDINATES, "guest"}:
            value = asdict(value)
        elif field.name == "exposure":
            value = {name: number for name, number in asdict(value).items() if number is not None}
        elif isinstance(value, State | Visibility):
            value = str(value)
        item[field.name] = value
    if photo.next_due_at is not None:
        item["due"] = DUE
    if photo.pending_rows:  # the index sorts by `due_at`
        item[_OWN_DUE_AT] = item.pop("due_at", None)
        item["due_at"] = format_timestamp(photo.next_due_at or photo.pending_rows.due_at)
    return item


def photo_from_item(item: Mapping[str, Any]) -> Photo:
    """The photo stored in an item."""
    known = {field.name for field in fields(Photo)}
    values = {name: plain_values(value) for name, value in item.items() if name in known}
    if "pending_rows" in values:
        values["pending_rows"] = _pending_rows_from_item(values["pending_rows"])
        values["due_at"] = item[_OWN_DUE_AT]
    for name in _TIMES & values.keys():
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    for name in _CAPTURE_TIMES & values.keys():
        values[name] = parse_capture_time(values[name])
    if _FORMER_TIME in item and "camera_time" not in values:
        values["camera_time"] = CaptureTime(datetime.fromisoformat(item[_FORMER_TIME]).replace(tzinfo=None))
    if _EXPIRY in values:
        values[_EXPIRY] = datetime.fromtimestamp(values[_EXPIRY], UTC)
    values["labels"] = tuple(map(_label_from_item, values.get("labels", ())))
    for name in _TUPLES & values.keys():
        values[name] = tuple(values[name])
    if _FORMER_COORDINATES in item:
        values.setdefault("file_coordinates", plain_values(item[_FORMER_COORDINATES]))
    for name in _COORDINATES & values.keys():
        values[name] = Coordinates(**values[name])
    if "exposure" in values:
        values["exposure"] = Exposure(**values["exposure"])
    if "guest" in values:
        values["guest"] = Guest(**values["guest"])
    values["state"] = State(values["state"])
    values["visibility"] = Visibility(values["visibility"])
    values["derivatives"] = {
        name: Derivative(**attributes) for name, attributes in values.get("derivatives", {}).items()
    }
    return Photo(**values)


def _pending_rows_to_item(pending: PendingRows) -> Item:
    rows = [
        _pending_row_to_item(held) if held else {"scope": scope, "tag": tag}
        for (scope, tag), held in pending.held.items()
    ]
    return {"rows": rows, "due_at": format_timestamp(pending.due_at)}


def _pending_row_to_item(held: Membership) -> Item:
    return {name: value for name, value in asdict(held).items() if value not in (b"", "")}


def _pending_rows_from_item(item: Mapping[str, Any]) -> PendingRows:
    held = {(row["scope"], row["tag"]): Membership(**row) if "position" in row else None for row in item["rows"]}
    return PendingRows(held, datetime.fromisoformat(item["due_at"]))


def _label_to_item(label: Label) -> Item:
    item: Item = {"name": label.name, "tenths": round(10 * label.confidence)}
    return item | {"parents": list(label.parents)} if label.parents else item


def _label_from_item(item: Item | str) -> Label:
    """The stored label; in records from before confidences were stored, it is only a name."""
    if isinstance(item, str):
        return Label(item, 0.0)
    return Label(item["name"], item["tenths"] / 10, tuple(item.get("parents", ())))


def trend_from_item(item: Mapping[str, Any]) -> Trend:
    """The trend stored in an item; weight classes without photos are left out."""
    classes = ((c, int(item.get(f"n{c:02d}", 0)), int(item.get(f"w{c:02d}", 0))) for c in range(WEIGHT_CLASSES))
    return Trend(
        scope=item["scope"],
        tag=item["tag"],
        totals=Totals(
            count=int(item.get("count", 0)),
            bytes=int(item.get("bytes", 0)),
            heat=int(item.get("heat", 0)),
            classes=tuple((c, n, w) for c, n, w in classes if n or w),
        ),
        tag_count=int(item.get("tag_count", 0)),
        cover=item.get("cover"),
        updated_at=datetime.fromisoformat(item["updated_at"]),
        version=int(item.get("version", 0)),
        months=plain_values(item.get("months", {})),
        counted_at=datetime.fromisoformat(item["counted_at"]) if "counted_at" in item else None,
        name=item.get("name", ""),
    )


def format_timestamp(moment: datetime) -> str:
    """ISO 8601 UTC with microseconds and a fixed width, so that text order is time order."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}+00:00"


def plain_values(value: Any) -> Any:
    """A value with Decimals converted to int: all stored numbers are integers."""
    if isinstance(value, dict):  # faster than any mapping
        return {name: plain_values(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain_values(inner) for inner in value]
    match type(value).__name__:
        case "Decimal":
            return int(value)
        case "Binary":
            return bytes(value)
    return value
