"""Bundles: zip files of the caller's photos, and the links that download them."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR
from chalicelib.bundles.models import BundleState
from chalicelib.bundles.service import MAX_BUNDLES
from chalicelib.openapi.operations import (
    NO_CONTENT,
    json_body,
    json_response,
    operation,
    public,
    redirect,
    signed_in_or_key,
    with_links,
)
from chalicelib.openapi.parameters import path_param
from chalicelib.openapi.schemas import BUNDLE, EXAMPLE_ID, list_of, ref

GROUP = "Bundles"
SUMMARY = {
    "bundle_id": BUNDLE["bundle_id"],
    "state": str(BundleState.QUEUED),
    "photos": 12,
    "bytes": 42144528,
    "notify": False,
}
_MESSAGES = (
    f"At most {MAX_MESSAGES_PER_HOUR} messages are sent within an hour; "
    "`notify` in the response says whether there will be one, and `warning` why nobody will get it."
)
BUNDLE_ID = path_param("bundle_id", "The id of the bundle.", example=BUNDLE["bundle_id"])
_ERRORS = ("invalid_json", "too_many_photos", "not_found", "conflict")
_CREATED = with_links(json_response("The bundle is queued.", "BundleSummary", SUMMARY), "get_bundle", "delete_bundle")
PATHS: dict[str, Any] = {
    "/bundles": {
        "post": operation(
            "create_bundle",
            "Download photos as zip files",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description="The bundle contains the photos with these tags (`match`: any of them, or all), the photos in "
            "`photo_ids`, and those of an album: your own, and others that you see in an album; and those of your own "
            "that a search finds, with an empty `query` all of them. It contains their originals, or with `variant` = "
            "`resized` images of half their width and height, without GPS position and other metadata; of photos of "
            "others always those. With `sidecars`, your own photos have their metadata beside them, also where they "
            "were taken: whoever gets a link to the zip file can read it. With `notify`, which an API key may not ask "
            f"for, you get a message when the bundle is ready. {_MESSAGES}",
            body=json_body("BundleRequest", {"tags": ["beach"], "match": "any", "photo_ids": [EXAMPLE_ID]}),
            responses={202: _CREATED},
            errors=[*_ERRORS, "photo_not_found"],
        ),
        "get": operation(
            "list_bundles",
            "List your bundles",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description=f"All of them: at most {MAX_BUNDLES}, and for a day those that expired.",
            responses={200: json_response("Newest first.", list_of(ref("Bundle")), {"items": [BUNDLE]})},
        ),
    },
    "/bundles/{bundle_id}": {
        "get": operation(
            "get_bundle",
            "Get a bundle and its progress",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            parameters=[BUNDLE_ID],
            responses={200: json_response("Each volume has a URL as soon as it is built.", "Bundle", BUNDLE)},
            errors=["not_found"],
        ),
        "delete": operation(
            "delete_bundle",
            "Cancel or delete a bundle",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description="Stops the build if it is in progress, and deletes the zip files.",
            parameters=[BUNDLE_ID],
            responses={204: NO_CONTENT},
            errors=["not_found"],
        ),
    },
    "/download": {
        "post": operation(
            "create_label_bundle",
            "Download your photos that have any of the given labels",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description="For the Photo Asset Manager's client. You get an email when the bundle is ready: the verified "
            "address of your ID token is subscribed. Until you confirm it, with the link in the email that SNS sends, "
            "the response has a `warning`, and the message is sent once you have. Labels that none of your photos have "
            "make a smaller bundle, or an empty one: then the message says so. Other fields are ignored. " + _MESSAGES,
            body=json_body("LabelBundleRequest", {"labels": ["Mountain"]}),
            responses={202: _CREATED},
            errors=["invalid_json", "too_many_photos", "conflict"],
        )
    },
    "/d/{token}": {
        "get": operation(
            "download_volume",
            "Download a volume",
            group=GROUP,
            security=public(),
            description="Anyone with the link can use it until the bundle expires. "
            "A link that was given to an API key also ends when the key is revoked.",
            parameters=[path_param("token", "The token in the volume's URL.")],
            responses={302: redirect("A redirect to the zip file at a newly signed URL.")},
            errors=["not_found", "expired"],
        )
    },
}
