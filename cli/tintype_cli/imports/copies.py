"""Several files with the same bytes are one photo: it gets what the first of them says, then what the others add.

The library has the first one's metadata by then, so each of the others is compared with the photo. What nobody has
said of the photo is added; where two files say different things, the photo keeps what it has.
"""

from collections.abc import Mapping
from typing import Any

from tintype_cli.imports.fields import MAX_TAGS

# Fields of photos that `file` has too, with what the file itself says.
_CORRECTIONS = ("caption", "rating", "place", "coordinates")
_TIME = ("taken_local", "offset")
FIELDS = (*_CORRECTIONS, *_TIME, "tags", "label", "favorite")


def merge(photo: Mapping[str, Any], copy: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The changes that add a copy's fields (of a ticket) to a photo (of the API), and the fields that differ."""
    changes: dict[str, Any] = {}
    differing = []
    for name in _CORRECTIONS:
        if name in copy and copy[name] != photo[name]:
            if photo[name] == photo["file"][name]:
                changes[name] = copy[name]
            else:
                differing.append(name)
    time = {name: copy.get(name) for name in _TIME}
    if time["taken_local"] and time != {name: photo[name] for name in _TIME}:
        if not photo["taken_local"] or photo["camera_time"] == {name: photo[name] for name in _TIME}:
            changes |= time
        else:
            differing.append("taken_local")
    if "label" in copy and copy["label"] != photo["label"]:
        if photo["label"] is None:
            changes["label"] = copy["label"]
        else:
            differing.append("label")
    if copy.get("favorite") and not photo["favorite"]:
        changes["favorite"] = True
    known = {tag.casefold() for tag in photo["tags"]}
    if added := [tag for tag in copy.get("tags", ()) if tag.casefold() not in known]:
        room = MAX_TAGS - len(photo["tags"])
        if room > 0:
            changes["tags"] = [*photo["tags"], *added[:room]]
        if len(added) > room:
            differing.append("tags")
    return changes, differing
