"""Routes and Lambda functions of Tintype; each calls its handler."""

import os
from typing import Any

from chalice.app import CloudWatchEvent, Rate, Request, S3Event, SQSEvent

from chalicelib import bootstrap, handlers
from chalicelib.accounts.identity import Permission
from chalicelib.aws.clients import Clients
from chalicelib.http.app import TintypeApp
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response
from chalicelib.http.views import view_decorator
from chalicelib.openapi import route as openapi
from chalicelib.routes import (
    account,
    albums,
    batch,
    bundles,
    gallery,
    guests,
    labels,
    members,
    photos,
    random,
    search,
    shares,
    similarity,
    system,
    uploads,
)

app = TintypeApp("tintype")
provider = bootstrap.ContainerProvider(os.environ, Clients(on_database_pause=bootstrap.report_database_pause))


def current_request() -> Request | None:
    """The request that Chalice is handling in this thread."""
    return app.current_request


# Each route names the permission that an API key needs; None accepts any key.
view = view_decorator(current_request, provider.verify)


@app.on_s3_event(bucket=bootstrap.originals_bucket(), events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
def ingest_photo(event: S3Event) -> None:
    """An object was created in or removed from the originals bucket."""
    handlers.handle_s3_event(event.to_dict(), event.context, container=provider.current())


@app.schedule(Rate(5, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> dict[str, Any] | None:
    """Scheduled maintenance, or the removal of a user."""
    return handlers.handle_schedule(event.to_dict(), event.context, container=provider.current())


# Two at a time, the least that Lambda allows: bundles must not take the concurrency of a new account from the API.
@app.on_sqs_message(queue=bootstrap.bundles_queue(), batch_size=1, maximum_concurrency=2)
def build_volume(event: SQSEvent) -> None:
    """Build a volume of a bundle."""
    handlers.handle_sqs_event(event.to_dict(), event.context, container=provider.current())


@app.route("/gallery/trending", methods=["GET"])
@view(Permission.READ)
def list_trending_tags(request: ApiRequest) -> Response:
    """List tags by photo count or by heat."""
    return gallery.list_trending_tags(request, provider.current())


@app.route("/gallery/articles", methods=["GET"])
@view(Permission.READ)
def search_photos(request: ApiRequest) -> Response:
    """Search photos by tag, newest first."""
    return gallery.search_photos(request, provider.current())


@app.route("/gallery/tags", methods=["GET"])
@view(Permission.READ)
def autocomplete_tags(request: ApiRequest) -> Response:
    """List tags that start with a prefix."""
    return gallery.autocomplete_tags(request, provider.current())


@app.route("/labels", methods=["GET"])
@view(Permission.READ)
def list_labels(request: ApiRequest) -> Any:
    """List the tags of the caller's own library with their photo counts."""
    return gallery.list_labels(request, provider.current())


@app.route("/labels/refresh", methods=["POST"])
@view(Permission.MANAGE)
def refresh_labels(request: ApiRequest) -> Response:
    """Find the labels of the caller's photos again."""
    return labels.refresh_labels(request, provider.current())


@app.route("/labels/refresh", methods=["GET"])
@view(Permission.READ)
def get_label_refresh(request: ApiRequest) -> Any:
    """Get the progress of finding labels again."""
    return labels.get_label_refresh(request, provider.current())


@app.route("/stats", methods=["GET"])
@view(Permission.READ)
def get_stats(request: ApiRequest) -> Response:
    """Get the totals of a scope."""
    return gallery.get_stats(request, provider.current())


@app.route("/photos", methods=["GET"])
@view(Permission.READ)
def list_photos(request: ApiRequest) -> Response:
    """List the photos of a scope, newest first."""
    return photos.list_photos(request, provider.current())


@app.route("/photos/{photo_id}", methods=["GET"])
@view(Permission.READ)
def get_photo(request: ApiRequest, photo_id: str) -> Response:
    """Get one photo."""
    return photos.get_photo(request, provider.current(), photo_id)


@app.route("/photos/{photo_id}", methods=["PATCH"])
@view(Permission.MANAGE)
def update_photo(request: ApiRequest, photo_id: str) -> Any:
    """Change the tags, label, weight, status or filename of a photo."""
    return photos.update_photo(request, provider.current(), photo_id)


@app.route("/photos/{photo_id}", methods=["DELETE"])
@view(Permission.MANAGE)
def delete_photo(request: ApiRequest, photo_id: str) -> Response:
    """Move a photo to the trash, or delete it permanently."""
    return photos.delete_photo(request, provider.current(), photo_id)


@app.route("/photos/{photo_id}/restore", methods=["POST"])
@view(Permission.MANAGE)
def restore_photo(request: ApiRequest, photo_id: str) -> Any:
    """Restore a photo from the trash."""
    return photos.restore_photo(request, provider.current(), photo_id)


@app.route("/photos/near-duplicates", methods=["GET"])
@view(Permission.READ)
def list_near_duplicates(request: ApiRequest) -> Any:
    """List groups of the caller's photos that look almost the same."""
    return similarity.list_near_duplicates(request, provider.current())


@app.route("/photos/map", methods=["GET"])
@view(Permission.READ)
def get_map(request: ApiRequest) -> Any:
    """Show where the caller's photos were taken."""
    return search.get_map(request, provider.current())


@app.route("/search/suggestions", methods=["GET"])
@view(Permission.READ)
def list_suggestions(request: ApiRequest) -> Response:
    """Suggest tags, cameras and places to search."""
    return search.list_suggestions(request, provider.current())


@app.route("/photos/{photo_id}/similar", methods=["GET"])
@view(Permission.READ)
def find_similar_photos(request: ApiRequest, photo_id: str) -> Any:
    """Find photos similar to one of the caller's own."""
    return similarity.find_similar_photos(request, provider.current(), photo_id)


@app.route("/photos/batch", methods=["POST"])
@view(Permission.MANAGE)
def batch_update_photos(request: ApiRequest) -> Any:
    """Apply one action to up to 100 photos."""
    return batch.batch_update_photos(request, provider.current())


@app.route("/photos/{photo_id}/{variant}", methods=["GET"])
@view(Permission.READ)
def get_photo_variant(request: ApiRequest, photo_id: str, variant: str) -> Response:
    """Redirect to one image of a photo."""
    return photos.get_photo_variant(request, provider.current(), photo_id, variant)


@app.route("/thumbnails", methods=["GET"])
@view(Permission.READ)
def list_thumbnails(request: ApiRequest) -> Response:
    """List the thumbnails of a scope, newest first."""
    return photos.list_thumbnails(request, provider.current())


@app.route("/thumbnails/{photo_id}", methods=["GET"])
@view(Permission.READ)
def get_thumbnail(request: ApiRequest, photo_id: str) -> Response:
    """Get the bytes of one thumbnail."""
    return photos.get_thumbnail(request, provider.current(), photo_id)


@app.route("/random", methods=["GET"])
@view(Permission.READ)
def get_random_photo(request: ApiRequest) -> Response:
    """Get a random photo with a label, drawn by weight."""
    return random.get_random_photo(request, provider.current())


@app.route("/uploads", methods=["POST"])
@view(Permission.UPLOAD)
def create_upload_ticket(request: ApiRequest) -> Response:
    """Create an upload ticket: a presigned form for S3."""
    return uploads.create_upload_ticket(request, provider.current())


@app.route("/uploads/check", methods=["POST"])
@view(Permission.READ)
def check_uploads(request: ApiRequest) -> Any:
    """Check which files the caller's library already has."""
    return uploads.check_uploads(request, provider.current())


@app.route("/upload", methods=["POST"])
@view(Permission.UPLOAD)
def upload_form(request: ApiRequest) -> Any:
    """Upload a photo in a multipart form."""
    return uploads.upload_form(request, provider.current())


@app.route("/upload", methods=["PUT"])
@view(Permission.UPLOAD)
def create_upload_url(request: ApiRequest) -> Any:
    """Create a presigned PUT URL."""
    return uploads.create_upload_url(request, provider.current())


@app.route("/{bucket}/{filename}", methods=["PUT"])
@view(Permission.UPLOAD)
def upload_body(request: ApiRequest, bucket: str, filename: str) -> Any:
    """Upload a photo as the request body."""
    return uploads.upload_body(request, provider.current(), bucket, filename)


@app.route("/albums", methods=["GET"])
@view(Permission.READ)
def list_albums(request: ApiRequest) -> Any:
    """List the caller's albums, or those shared with them."""
    return albums.list_albums(request, provider.current())


@app.route("/albums", methods=["POST"])
@view(Permission.MANAGE)
def create_album(request: ApiRequest) -> Response:
    """Create an album."""
    return albums.create_album(request, provider.current())


@app.route("/albums/{album_id}", methods=["GET"])
@view(Permission.READ)
def get_album(request: ApiRequest, album_id: str) -> Any:
    """Get one album."""
    return albums.get_album(request, provider.current(), album_id)


@app.route("/albums/{album_id}", methods=["PATCH"])
@view(Permission.MANAGE)
def update_album(request: ApiRequest, album_id: str) -> Any:
    """Change the title, description, order, cover or query of an album."""
    return albums.update_album(request, provider.current(), album_id)


@app.route("/albums/{album_id}", methods=["DELETE"])
@view(Permission.MANAGE)
def delete_album(request: ApiRequest, album_id: str) -> Response:
    """Delete an album, but not its photos."""
    return albums.delete_album(request, provider.current(), album_id)


@app.route("/albums/{album_id}/photos", methods=["GET"])
@view(Permission.READ)
def list_album_photos(request: ApiRequest, album_id: str) -> Response:
    """List or search the photos of an album."""
    return albums.list_album_photos(request, provider.current(), album_id)


@app.route("/albums/{album_id}/photos", methods=["POST"])
@view(Permission.MANAGE)
def add_album_photos(request: ApiRequest, album_id: str) -> Any:
    """Add photos to an album."""
    return albums.add_album_photos(request, provider.current(), album_id)


@app.route("/albums/{album_id}/photos/{photo_id}", methods=["DELETE"])
@view(Permission.MANAGE)
def remove_album_photo(request: ApiRequest, album_id: str, photo_id: str) -> Response:
    """Take a photo out of an album."""
    return albums.remove_album_photo(request, provider.current(), album_id, photo_id)


@app.route("/albums/{album_id}/order", methods=["PUT"])
@view(Permission.MANAGE)
def put_album_order(request: ApiRequest, album_id: str) -> Any:
    """Put the photos of an album in order by hand."""
    return albums.put_album_order(request, provider.current(), album_id)


@app.route("/albums/{album_id}/members", methods=["GET"])
@view(Permission.SHARE)
def list_members(request: ApiRequest, album_id: str) -> Any:
    """List the members of an album."""
    return members.list_members(request, provider.current(), album_id)


@app.route("/albums/{album_id}/members", methods=["POST"])
@view(Permission.SHARE)
def add_member(request: ApiRequest, album_id: str) -> Response:
    """Add a member to an album by their address."""
    return members.add_member(request, provider.current(), album_id)


@app.route("/albums/{album_id}/members/{member_id}", methods=["PATCH"])
@view(Permission.SHARE)
def update_member(request: ApiRequest, album_id: str, member_id: str) -> Any:
    """Change the role of a member."""
    return members.update_member(request, provider.current(), album_id, member_id)


@app.route("/albums/{album_id}/members/{member_id}", methods=["DELETE"])
@view(Permission.SHARE)
def remove_member(request: ApiRequest, album_id: str, member_id: str) -> Response:
    """Remove a member from an album, or leave it."""
    return members.remove_member(request, provider.current(), album_id, member_id)


@app.route("/bundles", methods=["POST"])
@view(Permission.READ)
def create_bundle(request: ApiRequest) -> Response:
    """Create a bundle of the caller's own photos."""
    return bundles.create_bundle(request, provider.current())


@app.route("/download", methods=["POST"])
@view(Permission.READ)
def create_label_bundle(request: ApiRequest) -> Response:
    """Create a bundle of the photos with any of some labels."""
    return bundles.create_label_bundle(request, provider.current())


@app.route("/bundles", methods=["GET"])
@view(Permission.READ)
def list_bundles(request: ApiRequest) -> Any:
    """List the caller's bundles."""
    return bundles.list_bundles(request, provider.current())


@app.route("/bundles/{bundle_id}", methods=["GET"])
@view(Permission.READ)
def get_bundle(request: ApiRequest, bundle_id: str) -> Any:
    """Get a bundle with its progress."""
    return bundles.get_bundle(request, provider.current(), bundle_id)


@app.route("/bundles/{bundle_id}", methods=["DELETE"])
@view(Permission.READ)
def delete_bundle(request: ApiRequest, bundle_id: str) -> Response:
    """Cancel a bundle and delete its files."""
    return bundles.delete_bundle(request, provider.current(), bundle_id)


@app.route("/d/{token}", methods=["GET"])
@view(None)
def download_volume(request: ApiRequest, token: str) -> Response:
    """Redirect to a volume of a bundle."""
    return bundles.download_volume(request, provider.current(), token)


@app.route("/albums/{album_id}/shares", methods=["GET"])
@view(Permission.SHARE)
def list_album_shares(request: ApiRequest, album_id: str) -> Any:
    """List the shared links of an album."""
    return shares.list_album_shares(request, provider.current(), album_id)


@app.route("/albums/{album_id}/shares", methods=["POST"])
@view(Permission.SHARE)
def create_album_share(request: ApiRequest, album_id: str) -> Response:
    """Create a shared link to an album."""
    return shares.create_album_share(request, provider.current(), album_id)


@app.route("/shares", methods=["GET"])
@view(Permission.SHARE)
def list_shares(request: ApiRequest) -> Any:
    """List the caller's shared links."""
    return shares.list_shares(request, provider.current())


@app.route("/shares", methods=["POST"])
@view(Permission.SHARE)
def create_photo_share(request: ApiRequest) -> Response:
    """Create a shared link to some of the caller's photos."""
    return shares.create_photo_share(request, provider.current())


@app.route("/shares/{share}", methods=["PATCH"])
@view(Permission.SHARE)
def update_share(request: ApiRequest, share: str) -> Any:
    """Change what a shared link allows."""
    return shares.update_share(request, provider.current(), share)


@app.route("/shares/{share}", methods=["DELETE"])
@view(Permission.SHARE)
def revoke_share(request: ApiRequest, share: str) -> Response:
    """Revoke a shared link."""
    return shares.revoke_share(request, provider.current(), share)


# Routes of guests: `share` is the token of a link. A caller's own token or key changes nothing.
@app.route("/shares/{share}", methods=["GET"])
@view(None)
def get_shared(request: ApiRequest, share: str) -> Any:
    """Get what a shared link shows and allows."""
    return guests.get_shared(request, provider.current(), share)


@app.route("/shares/{share}/pass", methods=["POST"])
@view(None)
def exchange_password(request: ApiRequest, share: str) -> Any:
    """Get a pass for the password of a shared link."""
    return guests.exchange_password(request, provider.current(), share)


@app.route("/shares/{share}/photos", methods=["GET"])
@view(None)
def list_shared_photos(request: ApiRequest, share: str) -> Any:
    """List the photos of a shared link."""
    return guests.list_shared_photos(request, provider.current(), share)


@app.route("/shares/{share}/photos/{photo_id}", methods=["GET"])
@view(None)
def get_shared_photo(request: ApiRequest, share: str, photo_id: str) -> Any:
    """Get one photo of a shared link."""
    return guests.get_shared_photo(request, provider.current(), share, photo_id)


@app.route("/shares/{share}/photos/{photo_id}/{variant}", methods=["GET"])
@view(None)
def get_shared_photo_variant(request: ApiRequest, share: str, photo_id: str, variant: str) -> Response:
    """Redirect to one image of a photo of a shared link."""
    return guests.get_shared_photo_variant(request, provider.current(), share, photo_id, variant)


@app.route("/shares/{share}/uploads", methods=["POST"])
@view(None)
def create_guest_upload(request: ApiRequest, share: str) -> Response:
    """Create an upload ticket for a guest."""
    return guests.create_guest_upload(request, provider.current(), share)


@app.route("/shares/{share}/uploads/{photo_id}", methods=["GET"])
@view(None)
def get_guest_upload(request: ApiRequest, share: str, photo_id: str) -> Any:
    """Get the state of a photo that a guest has added."""
    return guests.get_guest_upload(request, provider.current(), share, photo_id)


@app.route("/shares/{share}/bundles", methods=["POST"])
@view(None)
def create_guest_bundle(request: ApiRequest, share: str) -> Response:
    """Create a bundle of all photos of a shared link."""
    return guests.create_guest_bundle(request, provider.current(), share)


@app.route("/shares/{share}/bundles/{bundle_id}", methods=["GET"])
@view(None)
def get_guest_bundle(request: ApiRequest, share: str, bundle_id: str) -> Any:
    """Get a bundle of a shared link with its progress."""
    return guests.get_guest_bundle(request, provider.current(), share, bundle_id)


@app.route("/shares/{share}/cover", methods=["GET"])
@view(None)
def get_shared_cover(request: ApiRequest, share: str) -> Response:
    """Get the cover of a shared link, for messengers."""
    return guests.get_shared_cover(request, provider.current(), share)


@app.route("/s/{share}", methods=["GET"])
@view(None)
def preview_share(request: ApiRequest, share: str) -> Response:
    """Show messengers what a shared link is, and forward guests to the page."""
    return guests.preview_share(request, provider.current(), share)


@app.route("/me", methods=["GET"])
@view(None)
def get_me(request: ApiRequest) -> Any:
    """Get the caller's id, permissions and defaults."""
    return account.get_me(request, provider.current())


# The notification routes accept any key, so that every key gets the same error: an ID token is required.
@app.route("/me/notifications", methods=["GET"])
@view(None)
def get_notifications(request: ApiRequest) -> Any:
    """List the caller's notification subscriptions."""
    return account.get_notifications(request, provider.current())


@app.route("/me/notifications", methods=["POST"])
@view(None)
def subscribe(request: ApiRequest) -> Any:
    """Subscribe the caller's verified address."""
    return account.subscribe(request, provider.current())


@app.route("/me/notifications", methods=["DELETE"])
@view(None)
def unsubscribe(request: ApiRequest) -> Response:
    """Delete all of the caller's subscriptions."""
    return account.unsubscribe(request, provider.current())


@app.route("/keys", methods=["POST"])
@view(Permission.ACCOUNT)
def create_api_key(request: ApiRequest) -> Response:
    """Create an API key."""
    return account.create_api_key(request, provider.current())


@app.route("/keys", methods=["GET"])
@view(Permission.ACCOUNT)
def list_api_keys(request: ApiRequest) -> Any:
    """List the caller's API keys."""
    return account.list_api_keys(request, provider.current())


@app.route("/keys/{key_id}", methods=["DELETE"])
@view(Permission.ACCOUNT)
def revoke_api_key(request: ApiRequest, key_id: str) -> Response:
    """Revoke an API key."""
    return account.revoke_api_key(request, provider.current(), key_id)


@app.route("/health", methods=["GET"])
@view(None)
def get_health(request: ApiRequest) -> Any:
    """Check that all required services respond."""
    return system.get_health(request, provider.current())


@app.route("/openapi.json", methods=["GET"])
@view(None)
def get_openapi(request: ApiRequest) -> Response:
    """Get the OpenAPI document."""
    return openapi.get_openapi(request)
