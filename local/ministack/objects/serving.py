"""Puts the objects in front of MiniStack, as environment variables configure it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ministack.services import s3

from local.log_lines import log_line
from local.ministack.access.middleware import Access
from local.ministack.asgi import Asgi
from local.ministack.objects.app import ObjectsApp
from local.ministack.objects.buckets import MiniStackBuckets, patch_bucket_has_versions
from local.ministack.objects.lifecycle import apply_every_day
from local.ministack.objects.opening import open_storage, sweep
from local.ministack.objects.storage import Storage

MEGABYTE = 1024 * 1024
SWEEP_DELAY_SECONDS = 5.0  # it reads the whole index: a start has better things to do


@contextmanager
def serve_objects(app: Asgi, access: Access | None) -> Iterator[Asgi]:
    """The app with objects on disk, closed at the end of the block.

    Without access checks, in a rehearsed deployment, objects stay MiniStack's own: it asks its IAM about each.
    """
    if access is None:
        yield app
        return
    damaged_dir = Path(os.environ["DAMAGED_DIR"])
    reserve = int(os.environ["FREE_SPACE_RESERVE_MB"]) * MEGABYTE
    storage = open_storage(Path(os.environ["OBJECTS_DIR"]), damaged_dir, MiniStackBuckets(), reserve=reserve)
    s3._bucket_has_versions = patch_bucket_has_versions(storage.index)
    objects = ObjectsApp(app, storage, lambda: access.secrets)
    stopping = threading.Event()
    background = [
        threading.Thread(target=_sweep, args=(storage, damaged_dir, stopping), name="sweep of objects"),
        threading.Thread(target=_expire, args=(storage, stopping), name="expiry of objects"),
    ]
    for each in background:
        each.start()
    try:
        yield objects
    finally:
        stopping.set()
        for each in background:
            each.join()
        objects.close()
        storage.connections.close()


def _sweep(storage: Storage, damaged_dir: Path, stopping: threading.Event) -> None:
    if not stopping.wait(SWEEP_DELAY_SECONDS):
        found = sweep(storage, damaged_dir, stopping=stopping.is_set)
        if damage := found.damage():
            storage.files.report_damage(damage)
        if unknown := found.unknown_files():
            log_line(unknown)


def _expire(storage: Storage, stopping: threading.Event) -> None:
    if not stopping.wait(SWEEP_DELAY_SECONDS):
        apply_every_day(storage, stopping)
