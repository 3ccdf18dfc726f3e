"""Photos to take away: bundles ordered, watched, ended, and the links to their volumes."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.bundles.models import BundleState
from chalicelib.openapi.operations import DONE, anybody, json, leading, operation, redirect, sent, somebody
from chalicelib.openapi.parameters import in_path
from chalicelib.openapi.schemas import BUNDLE, EXAMPLE_ID, listed, ref

GROUP = "Take away"
_ORDERED = {"bundle_id": BUNDLE["bundle_id"], "state": str(BundleState.QUEUED), "photos": 12, "bytes": 42144528}
_BUNDLE_ID = in_path("bundle_id", "The bundle.", example=BUNDLE["bundle_id"])
_REFUSED = ("invalid_json", "too_many_photos", "not_found", "conflict")
PATHS: dict[str, Any] = {
    "/bundles": {
        "post": operation(
            "order_bundle",
            "One's own photos, as zip files",
            group=GROUP,
            security=somebody(Permission.READ),
            description="Those under the tags (`match`: under any of them, or under all), and those that are named. "
            "With `notify` a message says when all is ready.",
            body=sent("BundleWanted", {"tags": ["beach"], "match": "any", "photo_ids": [EXAMPLE_ID], "notify": True}),
            answers={202: leading(json("It is being built.", "BundleOrdered", _ORDERED), "bundle", "cancel_bundle")},
            refuses=[*_REFUSED, "photo_not_found"],
        ),
        "get": operation(
            "bundles",
            "One's bundles",
            group=GROUP,
            security=somebody(Permission.READ),
            answers={200: json("The newest first.", listed(ref("Bundle")), {"items": [BUNDLE]})},
        ),
    },
    "/bundles/{bundle_id}": {
        "get": operation(
            "bundle",
            "How far one bundle is",
            group=GROUP,
            security=somebody(Permission.READ),
            parameters=[_BUNDLE_ID],
            answers={200: json("A volume has its URL as soon as it is there.", "Bundle", BUNDLE)},
            refuses=["not_found"],
        ),
        "delete": operation(
            "cancel_bundle",
            "No longer wanted, also while it is built",
            group=GROUP,
            security=somebody(Permission.READ),
            parameters=[_BUNDLE_ID],
            answers={204: DONE},
            refuses=["not_found"],
        ),
    },
    "/download": {
        "post": operation(
            "download",
            "All of one's photos with any of some labels, as zip files",
            group=GROUP,
            security=somebody(Permission.READ),
            description="A message says when all is ready.",
            body=sent("DownloadWanted", {"labels": ["Mountain"]}),
            answers={202: leading(json("It is being built.", "BundleOrdered", _ORDERED), "bundle", "cancel_bundle")},
            refuses=_REFUSED,
        )
    },
    "/d/{token}": {
        "get": operation(
            "follow",
            "The link to a volume, for whoever has it",
            group=GROUP,
            security=anybody(),
            parameters=[in_path("token", "As it stands in the volume's URL, and in the message.")],
            answers={302: redirect("To the zip file, by a URL signed afresh.")},
            refuses=["not_found", "expired"],
        )
    },
}
