"""A library over fakes, with a manual clock and hooks around every write."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.albums.deletion import AlbumDeletion
from chalicelib.albums.folders import FolderAlbums
from chalicelib.albums.lookup import AlbumLookup
from chalicelib.albums.service import AlbumService
from chalicelib.ingest.deletion import PhotoDeletion
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.ingest.ingest import Ingest, ReconcileResult
from chalicelib.ingest.processing import ImageProcessor
from chalicelib.ingest.recovery import tombstone_lifetime
from chalicelib.ingest.removal_limit import RemovalLimit
from chalicelib.ingest.uploads import Uploads
from chalicelib.library.photo import Photo, Visibility
from chalicelib.maintenance.album_deletion import AlbumDeletionPass
from chalicelib.maintenance.backup import BackupPass
from chalicelib.maintenance.rebuild import Rebuild
from chalicelib.maintenance.reconciliation import Reconciliation
from chalicelib.maintenance.recount import Recount
from chalicelib.maintenance.refresh import (
    FormerKeysRefresh,
    HeatRefresh,
    IndexRefresh,
    MetadataRefresh,
    PerceptualHashRefresh,
    PlaceRefresh,
)
from chalicelib.maintenance.relabeling import RelabelingRequests
from chalicelib.maintenance.relabeling_pass import RelabelingPass
from chalicelib.maintenance.similarity import SimilarityIndexing
from chalicelib.maintenance.sweep import Sweep
from chalicelib.sharing.service import ShareService
from tests.fakes.albums import MemoryAlbumStore
from tests.fakes.backup import MemoryAlbumRows, MemoryBackupCheckpoints, MemoryBackupFiles
from tests.fakes.owners import MemoryOwners
from tests.fakes.photos import MemoryPhotoStore
from tests.fakes.processing import FAKE_IMAGES, FixedLabeler, ImageFunctions, find_place, hash_image
from tests.fakes.relabelings import MemoryRelabelingStore
from tests.fakes.removals import MemoryRemovalCounter
from tests.fakes.s3 import MemoryDerivatives, MemoryOriginals
from tests.fakes.scan import MemoryPhotoScanner
from tests.fakes.shares import MemoryShareStore
from tests.fakes.similarity import MemoryFingerprints, MemoryIndexFiles
from tests.support.factories import NOON, OWNER

WRITES = frozenset(
    {
        *("commit", "remove", "put", "copy", "tag_state", "purge", "save"),
        *("add", "delete", "hand_over"),
        *("save_photos", "save_albums", "save_manifest", "remove_others", "restore"),
    }
)


@dataclass
class Clock:
    """A clock that only a test advances."""

    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by


class HookedAdapter:
    """An adapter that calls `before` and `after` around each write; both may raise."""

    def __init__(self, inner: Any, before: Callable[[str], None], after: Callable[[str], None]) -> None:
        self._inner, self._before, self._after = inner, before, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in WRITES:
            return method

        def hooked(*args: Any, **kwargs: Any) -> Any:
            self._before(name)
            result = method(*args, **kwargs)
            self._after(name)
            return result

        return hooked


def no_hook(_: str) -> None:
    """A hook that does nothing."""


@dataclass
class MemoryLibrary:
    """The services of a library over fakes."""

    clock: Clock = field(default_factory=Clock)
    before: Callable[[str], None] = no_hook
    after: Callable[[str], None] = no_hook
    labeler: FixedLabeler = field(default_factory=FixedLabeler)
    images: ImageFunctions = FAKE_IMAGES
    ids: Iterator[int] = field(default_factory=itertools.count)
    removals_allowed_until: datetime | None = None
    admit: Callable[[Photo], Photo] = lambda photo: photo

    def __post_init__(self) -> None:
        self.photos = MemoryPhotoStore(now=self.clock)
        self.originals = MemoryOriginals(now=self.clock)
        self.derivatives = MemoryDerivatives()
        self.relabelings = MemoryRelabelingStore()
        self.album_store = MemoryAlbumStore(deleted=self.photos.deleted_albums)
        photos, originals, derivatives, relabelings, albums = (
            HookedAdapter(inner, lambda name: self.before(name), lambda name: self.after(name))
            for inner in (self.photos, self.originals, self.derivatives, self.relabelings, self.album_store)
        )
        self.owners = MemoryOwners()
        self.removal_counter = MemoryRemovalCounter()
        lifetime = tombstone_lifetime(timedelta(days=30))
        self.deletion = PhotoDeletion(photos, self.photos, originals, derivatives, self.clock, self.new_id, lifetime)
        self.editor = PhotoEditor(photos, self.deletion, self.clock, labels_follow_time=self.labeler.follows_time)
        self.processor = ImageProcessor(
            originals=originals,
            derivatives=derivatives,
            labeler=self.labeler,
            render=self.images.render,
            read_metadata=self.images.read_metadata,
            decode=self.images.decode,
            now=self.clock,
            find_place=find_place,
        )
        lookup = AlbumLookup(self.album_store)
        self.ingest = Ingest(
            photos=photos,
            originals=originals,
            processor=self.processor,
            deletion=self.deletion,
            owners=self.owners,
            removals=RemovalLimit(self.removal_counter, self.clock, self.removals_allowed_until),
            now=self.clock,
            new_id=self.new_id,
            heat=lambda _: 1000,
            bucket="originals",
            owner=OWNER,
            visibility=Visibility.PRIVATE,
            id_secret="secret",
            find_album=lookup.find,
            folder_album=FolderAlbums(self.album_store, lookup, self.clock, "secret").find_or_create,
            admit=self.admit,
        )
        self.shares = MemoryShareStore(self.album_store.exists)
        self.links = ShareService(self.shares, self.photos, self.clock, lambda size: bytes(size))
        self.album_deletion = AlbumDeletion(albums, photos, self.photos, self.editor, self.links)
        self.albums = AlbumService(
            store=albums,
            photos=photos,
            collections=self.photos,
            editor=self.editor,
            deletion=self.album_deletion,
            now=self.clock,
            new_id=self.new_id,
        )
        self.uploads = Uploads(
            photos=photos,
            bucket=originals,
            now=self.clock,
            new_id=self.new_id,
            heat=lambda _: 1000,
            visibility=Visibility.PRIVATE,
        )
        self.scanner = MemoryPhotoScanner(self.photos)
        self.reconciliation = Reconciliation(
            ingest=self.ingest,
            photos=photos,
            originals=originals,
            lister=self.originals,
            scanner=self.scanner,
            derivatives=self.derivatives,
            refreshes=(
                HeatRefresh(self.ingest.heat),
                MetadataRefresh(originals, self.processor),
                PlaceRefresh(find_place),
                IndexRefresh(),
                FormerKeysRefresh(derivatives),
                PerceptualHashRefresh(derivatives, hash_image),
            ),
            bucket=self.ingest.bucket,
            id_secret=self.ingest.id_secret,
            now=self.clock,
        )
        self.relabeling_requests = RelabelingRequests(relabelings, self.photos, self.clock)
        self.fingerprints = MemoryFingerprints(self.photos)
        self.index_files = MemoryIndexFiles()
        self.sweep = Sweep(
            photos=self.photos,
            originals=originals,
            processor=self.ingest.processor,
            ingest=self.ingest,
            deletion=self.deletion,
            relabeling=RelabelingPass(photos, self.photos, relabelings, self.labeler, self.clock),
            recount=Recount(self.photos, self.clock),
            reconciliation=self.reconciliation,
            similarity=SimilarityIndexing(self.fingerprints, self.index_files, self.clock),
            albums=AlbumDeletionPass(albums, self.album_deletion),
            guest_tickets=self.shares,
            now=self.clock,
        )

        self.backup_files = MemoryBackupFiles()
        self.backup_checkpoints = MemoryBackupCheckpoints()
        files, checkpoints, rows = (
            HookedAdapter(inner, lambda name: self.before(name), lambda name: self.after(name))
            for inner in (self.backup_files, self.backup_checkpoints, MemoryAlbumRows(self.album_store))
        )
        self.backup = BackupPass(
            scanner=self.scanner,
            albums=rows,
            files=files,
            checkpoints=checkpoints,
            removals=self.ingest.removals,
            now=self.clock,
            new_id=self.new_id,
            photos_per_segment=3,
        )
        self.rebuild = Rebuild(files, rows, checkpoints, photos, originals, self.clock)

    def new_id(self) -> str:
        return f"id{next(self.ids)}"

    def deliver_event(self, key: str) -> ReconcileResult:
        """Deliver an S3 event of this key."""
        return self.ingest.reconcile(key, {"bucket": "originals", "key": key})
