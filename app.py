"""Tintype's table of contents: every way in, and the one call behind it."""

import os
from typing import Any

from chalice.app import CloudWatchEvent, Rate, Request, S3Event, SQSEvent

from chalicelib import bootstrap, handlers
from chalicelib.accounts.identity import Permission
from chalicelib.aws.clients import Clients
from chalicelib.http.app import Gateway
from chalicelib.http.requests import Answer, Call, views
from chalicelib.openapi import route
from chalicelib.routes import account, gallery, photos, uploads
from chalicelib.routes import bundles as bundles_
from chalicelib.routes import random as random_

app = Gateway("tintype")
libraries = bootstrap.Libraries(os.environ, Clients())


def current() -> Request | None:
    """The request that Chalice is answering in this thread."""
    return app.current_request


# At each route stands what it asks of an API key; None is nothing.
view = views(current, libraries.verify)


@app.on_s3_event(bucket=bootstrap.originals_bucket(), events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
def ingest_photo(event: S3Event) -> None:
    """Something happened in the originals bucket."""
    handlers.originals_changed(event.to_dict(), event.context, library=libraries.current())


@app.schedule(Rate(5, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> None:
    """The regular look after what is due."""
    handlers.time_came(event.context, library=libraries.current())


@app.on_sqs_message(queue=bootstrap.bundles_queue(), batch_size=1)
def build_volume(event: SQSEvent) -> None:
    """A volume of a bundle is to be built."""
    handlers.volume_wanted(event.to_dict(), event.context, library=libraries.current())


@app.route("/gallery/trending", methods=["GET"])
@view(Permission.READ)
def trending(call: Call) -> Any:
    """The tags most used, or most alive."""
    return gallery.trending(call, libraries.current())


@app.route("/gallery/articles", methods=["GET"])
@view(Permission.READ)
def articles(call: Call) -> Any:
    """The photos under a tag, newest first."""
    return gallery.articles(call, libraries.current())


@app.route("/gallery/tags", methods=["GET"])
@view(Permission.READ)
def completions(call: Call) -> Any:
    """Tags that begin so."""
    return gallery.completions(call, libraries.current())


@app.route("/photos", methods=["GET"])
@view(Permission.READ)
def timeline(call: Call) -> Any:
    """Every photo of a scope, newest first."""
    return gallery.timeline(call, libraries.current())


@app.route("/photos/{photo_id}", methods=["GET"])
@view(Permission.READ)
def photo(call: Call, photo_id: str) -> Any:
    """One photo."""
    return gallery.photo(call, libraries.current(), photo_id)


@app.route("/photos/{photo_id}", methods=["PATCH"])
@view(Permission.MANAGE)
def edit_photo(call: Call, photo_id: str) -> Any:
    """Change what is said of a photo."""
    return photos.edit(call, libraries.current(), photo_id)


@app.route("/photos/{photo_id}", methods=["DELETE"])
@view(Permission.MANAGE)
def delete_photo(call: Call, photo_id: str) -> Answer:
    """To the trash, or for ever."""
    return photos.delete(call, libraries.current(), photo_id)


@app.route("/photos/{photo_id}/restore", methods=["POST"])
@view(Permission.MANAGE)
def restore_photo(call: Call, photo_id: str) -> Any:
    """Out of the trash."""
    return photos.restore(call, libraries.current(), photo_id)


@app.route("/photos/batch", methods=["POST"])
@view(Permission.MANAGE)
def batch(call: Call) -> Any:
    """One change of many photos."""
    return photos.batch(call, libraries.current())


@app.route("/photos/{photo_id}/{variant}", methods=["GET"])
@view(Permission.READ)
def variant(call: Call, photo_id: str, variant: str) -> Answer:
    """One image of a photo, wherever it lies."""
    return gallery.variant(call, libraries.current(), photo_id, variant)


@app.route("/random", methods=["GET"])
@view(Permission.READ)
def random(call: Call) -> Answer:
    """A random photo under a label, by weight."""
    return random_.random(call, libraries.current())


@app.route("/thumbnails", methods=["GET"])
@view(Permission.READ)
def thumbnails(call: Call) -> Any:
    """Every thumbnail of a scope, newest first."""
    return gallery.thumbnails(call, libraries.current())


@app.route("/thumbnails/{photo_id}", methods=["GET"])
@view(Permission.READ)
def thumbnail(call: Call, photo_id: str) -> Answer:
    """The bytes of one thumbnail."""
    return gallery.thumbnail(call, libraries.current(), photo_id)


@app.route("/labels", methods=["GET"])
@view(Permission.READ)
def labels(call: Call) -> Any:
    """The labels of the caller's own library, with their counts."""
    return gallery.labels(call, libraries.current())


@app.route("/stats", methods=["GET"])
@view(Permission.READ)
def stats(call: Call) -> Any:
    """A scope in figures."""
    return gallery.stats(call, libraries.current())


@app.route("/me", methods=["GET"])
@view(None)
def me(call: Call) -> Any:
    """Who is calling."""
    return gallery.me(call, libraries.current())


@app.route("/health", methods=["GET"])
@view(None)
def health(call: Call) -> Any:
    """Whether everything that a request needs answers."""
    return gallery.health(call, libraries.current())


@app.route("/openapi.json", methods=["GET"])
@view(None)
def openapi(call: Call) -> Answer:
    """The API told to programs."""
    return route.document(call)


@app.route("/keys", methods=["POST"])
@view(Permission.ACCOUNT)
def make_key(call: Call) -> Answer:
    """A new API key, shown this once."""
    return account.make_key(call, libraries.current())


@app.route("/keys", methods=["GET"])
@view(Permission.ACCOUNT)
def keys(call: Call) -> Any:
    """The caller's API keys."""
    return account.keys(call, libraries.current())


@app.route("/keys/{key_id}", methods=["DELETE"])
@view(Permission.ACCOUNT)
def revoke_key(call: Call, key_id: str) -> Answer:
    """The end of an API key."""
    return account.revoke_key(call, libraries.current(), key_id)


# A key, too, is told that it takes an id token: no right is asked for.
@app.route("/me/notifications", methods=["GET"])
@view(None)
def notifications(call: Call) -> Any:
    """Where the caller is told."""
    return account.notifications(call, libraries.current())


@app.route("/me/notifications", methods=["POST"])
@view(None)
def subscribe(call: Call) -> Any:
    """Be told at one's own verified address."""
    return account.subscribe(call, libraries.current())


@app.route("/me/notifications", methods=["DELETE"])
@view(None)
def unsubscribe(call: Call) -> Answer:
    """Be told no more."""
    return account.unsubscribe(call, libraries.current())


@app.route("/uploads", methods=["POST"])
@view(Permission.UPLOAD)
def open_ticket(call: Call) -> Answer:
    """The permission to put one original straight into the bucket."""
    return uploads.open_ticket(call, libraries.current())


@app.route("/upload", methods=["POST"])
@view(Permission.UPLOAD)
def upload(call: Call) -> Any:
    """An original in a form."""
    return uploads.upload(call, libraries.current())


@app.route("/upload", methods=["PUT"])
@view(Permission.UPLOAD)
def open_address(call: Call) -> Any:
    """A URL to PUT one original to."""
    return uploads.open_address(call, libraries.current())


@app.route("/{bucket}/{filename}", methods=["PUT"])
@view(Permission.UPLOAD)
def put(call: Call, bucket: str, filename: str) -> Any:
    """An original as the body itself."""
    return uploads.put(call, libraries.current(), bucket, filename)


@app.route("/bundles", methods=["POST"])
@view(Permission.READ)
def order_bundle(call: Call) -> Answer:
    """Photos to take away."""
    return bundles_.order(call, libraries.current())


@app.route("/bundles", methods=["GET"])
@view(Permission.READ)
def bundles(call: Call) -> Any:
    """What the caller takes away."""
    return bundles_.bundles(call, libraries.current())


@app.route("/bundles/{bundle_id}", methods=["GET"])
@view(Permission.READ)
def bundle(call: Call, bundle_id: str) -> Any:
    """How far one bundle is."""
    return bundles_.bundle(call, libraries.current(), bundle_id)


@app.route("/bundles/{bundle_id}", methods=["DELETE"])
@view(Permission.READ)
def cancel_bundle(call: Call, bundle_id: str) -> Answer:
    """No longer wanted."""
    return bundles_.cancel(call, libraries.current(), bundle_id)


@app.route("/download", methods=["POST"])
@view(Permission.READ)
def download(call: Call) -> Answer:
    """All photos with some labels, to take away."""
    return bundles_.download(call, libraries.current())


@app.route("/d/{token}", methods=["GET"])
@view(None)
def follow(call: Call, token: str) -> Answer:
    """The link to a volume."""
    return bundles_.follow(call, libraries.current(), token)
