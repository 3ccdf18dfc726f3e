"""The composition root: one Container per process, which creates each service when it is first used.

Importing this module creates no client, reads no settings and loads no Pillow. So the API starts without what only
ingest needs, and tests can create their own containers.
"""

import random
import secrets
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.accounts.api_keys import ApiKeyService
from chalicelib.accounts.identity import TokenVerifier
from chalicelib.accounts.revocations import Revocations
from chalicelib.errors import Unavailable
from chalicelib.library import totals as totals_
from chalicelib.library.photo import Visibility
from chalicelib.settings import Settings
from chalicelib.sharing.models import LINK_KEY_PREFIX

if TYPE_CHECKING:
    from chalicelib.accounts.notifications import NotificationService
    from chalicelib.albums.deletion import AlbumDeletion
    from chalicelib.albums.folders import FolderAlbums
    from chalicelib.albums.lookup import AlbumLookup
    from chalicelib.albums.members import MemberService, UserDirectory
    from chalicelib.albums.pages import AlbumPages
    from chalicelib.albums.service import AlbumService
    from chalicelib.albums.summaries import AlbumSummaries
    from chalicelib.albums.visibility import AlbumVisibility
    from chalicelib.aws.backup import S3BackupFiles
    from chalicelib.aws.clients import Clients
    from chalicelib.aws.cloudfront import CloudFrontUrls
    from chalicelib.aws.dynamodb.album_table import AlbumTable
    from chalicelib.aws.dynamodb.albums import DynamoAlbumStore
    from chalicelib.aws.dynamodb.api_keys import DynamoApiKeyStore
    from chalicelib.aws.dynamodb.backup import DynamoAlbumRows, DynamoBackupCheckpoints
    from chalicelib.aws.dynamodb.bundles import DynamoBundleStore
    from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
    from chalicelib.aws.dynamodb.fingerprints import DynamoFingerprints
    from chalicelib.aws.dynamodb.limits import DynamoMessageLimit, DynamoPasswordLimit
    from chalicelib.aws.dynamodb.members import DynamoMemberStore
    from chalicelib.aws.dynamodb.outages import DynamoOutages
    from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
    from chalicelib.aws.dynamodb.relabelings import DynamoRelabelingStore
    from chalicelib.aws.dynamodb.removals import DynamoRemovalCounter
    from chalicelib.aws.dynamodb.sampling import DynamoSamplingIndex
    from chalicelib.aws.dynamodb.scan import DynamoPhotoScanner
    from chalicelib.aws.dynamodb.shares import DynamoShareStore
    from chalicelib.aws.dynamodb.totals import DynamoTotalsStore
    from chalicelib.aws.dynamodb.transaction import Tables
    from chalicelib.aws.functions import LambdaIngestQueue
    from chalicelib.aws.listing import S3DerivativeLister, S3OriginalLister
    from chalicelib.aws.original_copies import S3OriginalCopies
    from chalicelib.aws.s3 import S3Derivatives, S3Originals, SignedUrls
    from chalicelib.aws.similarity import S3IndexFiles
    from chalicelib.aws.sqs import SqsVolumeQueue
    from chalicelib.bundles.selection import PhotoSelector
    from chalicelib.bundles.service import BundleService
    from chalicelib.ingest.deletion import PhotoDeletion
    from chalicelib.ingest.editing import PhotoEditor
    from chalicelib.ingest.ingest import Ingest
    from chalicelib.ingest.processing import ImageProcessor
    from chalicelib.ingest.recovery import OwnerDirectory
    from chalicelib.ingest.removal_limit import RemovalLimit
    from chalicelib.ingest.uploads import Uploads
    from chalicelib.labels.labeler import Labeler
    from chalicelib.library.known_files import KnownFiles
    from chalicelib.library.positions import FindPlace
    from chalicelib.library.queries import PhotoQueries
    from chalicelib.library.sampling import Sampler
    from chalicelib.library.similarity import SimilarityQueries
    from chalicelib.maintenance.backup import BackupPass
    from chalicelib.maintenance.rebuild import Rebuild
    from chalicelib.maintenance.relabeling import RelabelingRequests
    from chalicelib.maintenance.sweep import Sweep
    from chalicelib.maintenance.user_removal import UserRemoval
    from chalicelib.places import PlaceTable
    from chalicelib.sharing.access import GuestAccess
    from chalicelib.sharing.admission import Admission
    from chalicelib.sharing.guest_bundles import GuestBundles
    from chalicelib.sharing.guest_uploads import GuestUploads
    from chalicelib.sharing.service import ShareService
    from chalicelib.sharing.shared_photos import SharedPhotos

JWKS_TIMEOUT_SECONDS = 5
# A circuit breaker opens after this many failures in a row, for this long.
MAX_FAILURES = 3
BREAKER_COOLDOWN = timedelta(minutes=1)


def utc_now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


class Container:
    """Every service, wired for one set of settings."""

    def __init__(self, settings: Settings, clients: "Clients", now: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.clients = clients
        self.now = now

    @cached_property
    def tables(self) -> "Tables":
        """The names of the photo tables."""
        from chalicelib.aws.dynamodb.transaction import Tables

        s = self.settings
        return Tables(
            photos=s.photos_table,
            memberships=s.memberships_table,
            trends=s.trends_table,
            albums=s.albums_table,
        )

    @cached_property
    def photos(self) -> "DynamoPhotoStore":
        """The photo store."""
        from chalicelib.aws.dynamodb.photos import DynamoPhotoStore

        return DynamoPhotoStore(self.clients.get("dynamodb"), self.tables, self.now, time.sleep, random.random)

    @cached_property
    def collections(self) -> "DynamoCollectionReader":
        """Reads collections and totals."""
        from chalicelib.aws.dynamodb.collections import DynamoCollectionReader

        return DynamoCollectionReader(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def sampling_index(self) -> "DynamoSamplingIndex":
        """The index for weighted random draws."""
        from chalicelib.aws.dynamodb.sampling import DynamoSamplingIndex

        return DynamoSamplingIndex(self.clients.get("dynamodb"), self.tables, time.sleep, random.random)

    @cached_property
    def totals(self) -> "DynamoTotalsStore":
        """The totals store, for recounts."""
        from chalicelib.aws.dynamodb.totals import DynamoTotalsStore

        return DynamoTotalsStore(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def api_keys(self) -> ApiKeyService:
        """API keys."""
        return ApiKeyService(self.api_key_store, now=self.now, new_id=new_id, random_bytes=secrets.token_bytes)

    @cached_property
    def api_key_store(self) -> "DynamoApiKeyStore":
        """The store of API keys and revocations."""
        from chalicelib.aws.dynamodb.api_keys import DynamoApiKeyStore

        return DynamoApiKeyStore(self.clients.get("dynamodb"), self.settings.api_keys_table)

    @cached_property
    def album_store(self) -> "DynamoAlbumStore":
        """The store of albums."""
        from chalicelib.aws.dynamodb.albums import DynamoAlbumStore

        return DynamoAlbumStore(self.album_table)

    @cached_property
    def album_table(self) -> "AlbumTable":
        """The table of albums."""
        from chalicelib.aws.dynamodb.album_table import AlbumTable

        return AlbumTable(self.clients.get("dynamodb"), self.settings.albums_table, time.sleep, random.random)

    @cached_property
    def member_store(self) -> "DynamoMemberStore":
        """The store of members of albums."""
        from chalicelib.aws.dynamodb.members import DynamoMemberStore

        return DynamoMemberStore(self.album_table)

    @cached_property
    def members(self) -> "MemberService":
        """Members of albums."""
        from chalicelib.albums.members import MemberService

        return MemberService(self.member_store, self.users, self.now, self.settings.id_secret)

    @cached_property
    def users(self) -> "UserDirectory":
        """The people who have an account."""
        from chalicelib.aws.cognito import CognitoUsers

        s = self.settings
        return CognitoUsers(lambda: self.clients.get("cognito-idp"), s.user_pool_id, s.id_secret, time.monotonic)

    @cached_property
    def revocations(self) -> Revocations:
        """Revoked tokens."""
        return Revocations(self.api_key_store, time.monotonic)

    @cached_property
    def original_lister(self) -> "S3OriginalLister":
        """Lists the originals bucket."""
        from chalicelib.aws.listing import S3OriginalLister

        return S3OriginalLister(self.clients.get("s3"), self.settings.originals_bucket)

    @cached_property
    def derivative_lister(self) -> "S3DerivativeLister":
        """Lists the derivatives bucket."""
        from chalicelib.aws.listing import S3DerivativeLister

        return S3DerivativeLister(self.clients.get("s3"), self.settings.derivatives_bucket)

    @cached_property
    def photo_scanner(self) -> "DynamoPhotoScanner":
        """Scans the photos table."""
        from chalicelib.aws.dynamodb.scan import DynamoPhotoScanner

        return DynamoPhotoScanner(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def notifications(self) -> "NotificationService":
        """Notifications by email and text message."""
        from chalicelib.accounts.notifications import NotificationService
        from chalicelib.aws.sns import SnsTopicStore
        from chalicelib.util.circuit_breaker import CircuitBreaker

        return NotificationService(
            SnsTopicStore(self.clients.get("sns"), self.settings.topic_prefix),
            CircuitBreaker(max_failures=MAX_FAILURES, cooldown=BREAKER_COOLDOWN, now=self.now),
            self.message_limit,
            self.now,
            new_id,
        )

    @cached_property
    def originals(self) -> "S3Originals":
        """The originals bucket."""
        from chalicelib.aws.s3 import S3Originals

        return S3Originals(self.clients.get("s3"), self.settings.originals_bucket)

    @cached_property
    def derivatives(self) -> "S3Derivatives":
        """The derivatives bucket."""
        from chalicelib.aws.s3 import S3Derivatives

        return S3Derivatives(self.clients.get("s3"), self.settings.derivatives_bucket)

    @cached_property
    def album_visibility(self) -> "AlbumVisibility":
        """Who may see photos because of their albums."""
        from chalicelib.albums.visibility import AlbumVisibility

        return AlbumVisibility(self.album_store)

    @cached_property
    def queries(self) -> "PhotoQueries":
        """Queries: photos, collections, search and trends."""
        from chalicelib.library.queries import PhotoQueries

        return PhotoQueries(self.photos, self.collections, self.album_visibility)

    @cached_property
    def similarity(self) -> "SimilarityQueries":
        """Queries of near-duplicates and similar photos."""
        from chalicelib.library.similarity import SimilarityQueries

        return SimilarityQueries(self.photos, self.index_files)

    @cached_property
    def fingerprints(self) -> "DynamoFingerprints":
        """The fingerprints of photos, for similarity indexes."""
        from chalicelib.aws.dynamodb.fingerprints import DynamoFingerprints

        return DynamoFingerprints(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def index_files(self) -> "S3IndexFiles":
        """The files of similarity indexes."""
        from chalicelib.aws.similarity import S3IndexFiles

        return S3IndexFiles(self.clients.get("s3"), self.settings.derivatives_bucket)

    @cached_property
    def sampler(self) -> "Sampler":
        """Random draws. They use the operating system's randomness: Lambdas restored from one snapshot share a seed."""
        from chalicelib.library.sampling import Sampler

        return Sampler(self.sampling_index, random.SystemRandom())

    @cached_property
    def uploads(self) -> "Uploads":
        """Uploads."""
        from chalicelib.ingest.uploads import Uploads

        return Uploads(
            photos=self.photos,
            bucket=self.originals,
            now=self.now,
            new_id=new_id,
            heat=self.heat,
            visibility=Visibility(self.settings.default_status),
        )

    @cached_property
    def known_files(self) -> "KnownFiles":
        """Which files libraries already have."""
        from chalicelib.library.known_files import KnownFiles

        return KnownFiles(self.photos, self.collections)

    @cached_property
    def deletion(self) -> "PhotoDeletion":
        """Deletes photos and their files."""
        from chalicelib.ingest.deletion import PhotoDeletion
        from chalicelib.ingest.recovery import tombstone_lifetime

        return PhotoDeletion(
            photos=self.photos,
            collections=self.collections,
            originals=self.originals,
            derivatives=self.derivatives,
            now=self.now,
            new_id=new_id,
            tombstone_lifetime=tombstone_lifetime(timedelta(days=self.settings.version_retention_days)),
        )

    @cached_property
    def owners(self) -> "OwnerDirectory":
        """The owners that exist."""
        from chalicelib.aws.cognito import CognitoOwners

        s = self.settings
        return CognitoOwners(lambda: self.clients.get("cognito-idp"), s.user_pool_id, s.id_secret, time.monotonic)

    @cached_property
    def removals(self) -> "RemovalLimit":
        """The limit on photos that are removed because their originals are gone."""
        from chalicelib.ingest.removal_limit import RemovalLimit, end_of_day

        return RemovalLimit(self.removal_counter, self.now, end_of_day(self.settings.removals_allowed_until))

    @cached_property
    def removal_counter(self) -> "DynamoRemovalCounter":
        """Counts photos that were removed because their originals are gone."""
        from chalicelib.aws.dynamodb.removals import DynamoRemovalCounter

        return DynamoRemovalCounter(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def editor(self) -> "PhotoEditor":
        """Edits by owners."""
        from chalicelib.ingest.editing import PhotoEditor

        return PhotoEditor(
            self.photos, self.deletion, self.now, labels_follow_time=self.settings.label_attributes == "yes"
        )

    @cached_property
    def albums(self) -> "AlbumService":
        """Albums."""
        from chalicelib.albums.service import AlbumService

        return AlbumService(
            store=self.album_store,
            photos=self.photos,
            collections=self.collections,
            editor=self.editor,
            deletion=self.album_deletion,
            now=self.now,
            new_id=new_id,
        )

    @cached_property
    def album_lookup(self) -> "AlbumLookup":
        """Finds the albums that uploads name."""
        from chalicelib.albums.lookup import AlbumLookup

        return AlbumLookup(self.album_store)

    @cached_property
    def folder_albums(self) -> "FolderAlbums":
        """Albums of folders in inboxes."""
        from chalicelib.albums.folders import FolderAlbums

        return FolderAlbums(self.album_store, self.album_lookup, self.now, self.settings.id_secret)

    @cached_property
    def album_pages(self) -> "AlbumPages":
        """Pages of the photos of albums."""
        from chalicelib.albums.pages import AlbumPages

        return AlbumPages(self.photos, self.collections, self.album_store)

    @cached_property
    def album_summaries(self) -> "AlbumSummaries":
        """Counts and covers of albums."""
        from chalicelib.albums.summaries import AlbumSummaries

        return AlbumSummaries(self.photos, self.collections)

    @cached_property
    def album_deletion(self) -> "AlbumDeletion":
        """Removes deleted albums."""
        from chalicelib.albums.deletion import AlbumDeletion

        return AlbumDeletion(self.album_store, self.photos, self.collections, self.editor, self.shares)

    @cached_property
    def labeler(self) -> "Labeler":
        """The labeler that the settings select."""
        from chalicelib.labels.labeler import AbsentLabeler, GuardedLabeler
        from chalicelib.labels.outage import MonitoredLabeler
        from chalicelib.util.circuit_breaker import CircuitBreaker

        if self.labeling_queue:
            return AbsentLabeler(self._selected_labeler())
        return GuardedLabeler(
            MonitoredLabeler(self._selected_labeler(), self.outages, self.now),
            CircuitBreaker(max_failures=MAX_FAILURES, cooldown=BREAKER_COOLDOWN, now=self.now),
        )

    def _selected_labeler(self) -> "Labeler":
        from chalicelib.labels.attributes import AttributeLabeler
        from chalicelib.labels.combined import CombinedLabeler
        from chalicelib.labels.vision import VisionLabeler

        labelers: list[Labeler] = []
        if self.settings.labeler == "vision":
            labelers.append(VisionLabeler())
        elif self.settings.labeler == "rekognition":
            labelers.append(self._rekognition_labeler())
        if self.settings.label_attributes == "yes":
            labelers.append(AttributeLabeler())
        return CombinedLabeler(labelers)

    def _rekognition_labeler(self) -> "Labeler":
        from chalicelib.aws.rekognition import RekognitionLabeler

        return RekognitionLabeler(
            self.clients.get("rekognition"), self.settings.labels_min_confidence, self.settings.custom_labels_arn
        )

    @cached_property
    def outages(self) -> "DynamoOutages":
        """The current outage of the labeler."""
        from chalicelib.aws.dynamodb.outages import DynamoOutages

        return DynamoOutages(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def place_table(self) -> "PlaceTable | None":
        """The table of places; None if the settings turn places off. It is loaded when it is first used."""
        from chalicelib.places import PlaceTable

        return PlaceTable() if self.settings.places == "yes" else None

    @cached_property
    def processor(self) -> "ImageProcessor":
        """Makes derivatives and labels. Loads Pillow."""
        from chalicelib import images
        from chalicelib.ingest.processing import ImageProcessor

        return ImageProcessor(
            self.originals,
            self.derivatives,
            self.labeler,
            images.render,
            images.read_file,
            images.decode,
            self.now,
            self.find_place,
        )

    @cached_property
    def find_place(self) -> "FindPlace | None":
        """Finds the place of a position; None if the settings want none."""
        return self.place_table.find if self.place_table else None

    @cached_property
    def ingest(self) -> "Ingest":
        """Ingest: from the originals bucket to the gallery. Loads Pillow."""
        from chalicelib.ingest.ingest import Ingest

        return Ingest(
            photos=self.photos,
            originals=self.originals,
            processor=self.processor,
            deletion=self.deletion,
            owners=self.owners,
            removals=self.removals,
            now=self.now,
            new_id=new_id,
            heat=self.heat,
            bucket=self.settings.originals_bucket,
            owner=self.settings.library_owner,
            visibility=Visibility(self.settings.default_status),
            id_secret=self.settings.id_secret,
            find_album=self.album_lookup.find,
            folder_album=self.folder_albums.find_or_create if self.settings.inbox_albums == "yes" else _no_album,
            admit=self.admission.admit,
        )

    @cached_property
    def ingest_queue(self) -> "LambdaIngestQueue | None":
        """The queue of the ingest function; a laptop has none, nor has that function itself."""
        from chalicelib.aws.functions import LambdaIngestQueue

        if not self.settings.ingest_function:
            return None
        client = self.clients.get("lambda")
        return LambdaIngestQueue(client, self.settings.ingest_function, self.settings.originals_bucket)

    @property
    def labeling_queue(self) -> "LambdaIngestQueue | None":
        """The queue of the function that has the vision model, if labels need it and this process has not."""
        return self.ingest_queue if self.settings.labeler == "vision" else None

    @cached_property
    def relabelings(self) -> "DynamoRelabelingStore":
        """The store of relabelings."""
        from chalicelib.aws.dynamodb.relabelings import DynamoRelabelingStore

        return DynamoRelabelingStore(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def relabeling_requests(self) -> "RelabelingRequests":
        """Requests of owners to relabel photos."""
        from chalicelib.maintenance.relabeling import RelabelingRequests

        return RelabelingRequests(self.relabelings, self.collections, self.now)

    @cached_property
    def sweep(self) -> "Sweep":
        """The scheduled maintenance."""
        from chalicelib import images
        from chalicelib.maintenance.album_deletion import AlbumDeletionPass
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
        from chalicelib.maintenance.relabeling_pass import RelabelingPass
        from chalicelib.maintenance.similarity import SimilarityIndexing
        from chalicelib.maintenance.sweep import Sweep

        return Sweep(
            photos=self.photos,
            originals=self.originals,
            processor=self.processor,
            ingest=self.ingest,
            deletion=self.deletion,
            relabeling=RelabelingPass(self.photos, self.collections, self.relabelings, self.labeler, self.now),
            recount=Recount(self.totals, self.now),
            reconciliation=Reconciliation(
                ingest=self.ingest,
                photos=self.photos,
                originals=self.originals,
                lister=self.original_lister,
                scanner=self.photo_scanner,
                derivatives=self.derivative_lister,
                refreshes=(
                    HeatRefresh(self.heat),
                    MetadataRefresh(self.originals, self.processor),
                    PlaceRefresh(self.find_place),
                    IndexRefresh(),
                    FormerKeysRefresh(self.derivatives),
                    PerceptualHashRefresh(self.derivatives, lambda data: images.perceptual_hash(images.decode(data))),
                ),
                bucket=self.settings.originals_bucket,
                id_secret=self.settings.id_secret,
                now=self.now,
                queue=self.ingest_queue,
                pause_per_photo=timedelta(seconds=self.settings.seconds_between_checks),
            ),
            albums=AlbumDeletionPass(self.album_store, self.album_deletion),
            similarity=SimilarityIndexing(self.fingerprints, self.index_files, self.now),
            guest_tickets=self.share_store,
            now=self.now,
            backup=self.backup if self.settings.backup == "yes" else None,
            queue=self.ingest_queue,
            labeling_queue=self.labeling_queue,
        )

    @cached_property
    def backup(self) -> "BackupPass":
        """Backs up the tables to the originals bucket."""
        from chalicelib.maintenance.backup import BackupPass

        return BackupPass(
            scanner=self.photo_scanner,
            albums=self.album_rows,
            files=self.backup_files,
            checkpoints=self.backup_checkpoints,
            removals=self.removals,
            now=self.now,
            new_id=new_id,
        )

    @cached_property
    def rebuild(self) -> "Rebuild":
        """Rebuilds the tables from the backup."""
        from chalicelib.maintenance.rebuild import Rebuild

        return Rebuild(
            files=self.backup_files,
            albums=self.album_rows,
            checkpoints=self.backup_checkpoints,
            photos=self.photos,
            originals=self.originals,
            now=self.now,
        )

    @cached_property
    def backup_files(self) -> "S3BackupFiles":
        """The files of the backup."""
        from chalicelib.aws.backup import S3BackupFiles

        return S3BackupFiles(self.clients.get("s3"), self.settings.originals_bucket)

    @cached_property
    def backup_checkpoints(self) -> "DynamoBackupCheckpoints":
        """The checkpoint of the backup."""
        from chalicelib.aws.dynamodb.backup import DynamoBackupCheckpoints

        return DynamoBackupCheckpoints(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def album_rows(self) -> "DynamoAlbumRows":
        """All rows of the table of albums."""
        from chalicelib.aws.dynamodb.backup import DynamoAlbumRows

        return DynamoAlbumRows(self.album_table)

    @cached_property
    def user_removal(self) -> "UserRemoval":
        """What becomes of the photos of removed users."""
        from chalicelib.maintenance.user_removal import UserRemoval

        return UserRemoval(
            photos=self.photos,
            collections=self.collections,
            deletion=self.deletion,
            relabelings=self.relabelings,
            albums=self.album_store,
            members=self.member_store,
            links=self.shares,
            now=self.now,
        )

    @cached_property
    def message_limit(self) -> "DynamoMessageLimit":
        """The limit on messages to each person."""
        from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR
        from chalicelib.aws.dynamodb.limits import DynamoMessageLimit

        return DynamoMessageLimit(self.clients.get("dynamodb"), self.settings.bundles_table, MAX_MESSAGES_PER_HOUR)

    @cached_property
    def volume_queue(self) -> "SqsVolumeQueue":
        """The queue of volumes to build."""
        from chalicelib.aws.sqs import SqsVolumeQueue

        return SqsVolumeQueue(self.clients.get("sqs"), self.settings.bundles_queue_url)

    @cached_property
    def bundle_photos(self) -> "PhotoSelector":
        """Selects the photos of bundles."""
        from chalicelib.bundles.selection import PhotoSelector

        return PhotoSelector(self.photos, self.collections, self.settings.bundle_photos)

    @cached_property
    def bundle_store(self) -> "DynamoBundleStore":
        """The store of bundles."""
        from chalicelib.aws.dynamodb.bundles import DynamoBundleStore

        return DynamoBundleStore(self.clients.get("dynamodb"), self.settings.bundles_table, time.sleep, random.random)

    @cached_property
    def bundles(self) -> "BundleService":
        """Bundles."""
        from chalicelib.aws.manifests import S3ManifestStore
        from chalicelib.aws.multipart import S3MultipartUploader
        from chalicelib.aws.zip_entries import S3EntryReader
        from chalicelib.bundles.service import BundleService
        from chalicelib.bundles.zip import ZipBuilder

        s = self.settings
        return BundleService(
            store=self.bundle_store,
            manifests=S3ManifestStore(self.clients.get("s3"), s.bundles_bucket),
            queue=self.volume_queue,
            builder=ZipBuilder(
                S3EntryReader(self.originals, self.derivatives),
                S3MultipartUploader(self.clients.get("s3"), s.bundles_bucket),
            ),
            notifier=self.notifications,
            message_limit=self.message_limit,
            is_key_active=self._is_key_active,
            now=self.now,
            new_id=new_id,
            max_photos=s.bundle_photos,
            max_volume_bytes=s.bundle_volume_bytes,
            link_secret=s.link_secret,
            api_url=s.api_url,
        )

    def _is_key_active(self, key_id: str) -> bool:
        """Whether the API key or the shared link that a bundle's link was given to still works."""
        if key_id.startswith(LINK_KEY_PREFIX):
            return self.guest_access.is_current(key_id)
        return self.api_keys.is_active(key_id)

    @cached_property
    def share_store(self) -> "DynamoShareStore":
        """The store of shared links."""
        from chalicelib.aws.dynamodb.shares import DynamoShareStore

        return DynamoShareStore(self.album_table)

    @cached_property
    def shares(self) -> "ShareService":
        """Shared links, for their owners."""
        from chalicelib.sharing.service import ShareService

        return ShareService(self.share_store, self.photos, self.now, secrets.token_bytes)

    @cached_property
    def guest_access(self) -> "GuestAccess":
        """Opens shared links for guests."""
        from chalicelib.sharing.access import GuestAccess

        return GuestAccess(
            shares=self.share_store,
            limit=self.password_limit,
            notifier=self.notifications,
            warning_limit=self.warning_limit,
            now=self.now,
            new_id=new_id,
            link_secret=self.settings.link_secret,
        )

    @cached_property
    def password_limit(self) -> "DynamoPasswordLimit":
        """The limit on wrong passwords of each shared link."""
        from chalicelib.aws.dynamodb.limits import DynamoPasswordLimit
        from chalicelib.sharing.access import MAX_WRONG_PASSWORDS

        return DynamoPasswordLimit(self.clients.get("dynamodb"), self.settings.bundles_table, MAX_WRONG_PASSWORDS)

    @cached_property
    def warning_limit(self) -> "DynamoMessageLimit":
        """The limit on warnings of wrong passwords to each owner."""
        from chalicelib.aws.dynamodb.limits import DynamoMessageLimit

        client, table = self.clients.get("dynamodb"), self.settings.bundles_table
        return DynamoMessageLimit(client, table, max_messages=1, period=timedelta(days=1))

    @cached_property
    def shared_photos(self) -> "SharedPhotos":
        """What shared links show."""
        from chalicelib.sharing.shared_photos import SharedPhotos

        return SharedPhotos(self.album_store, self.album_pages, self.album_summaries, self.photos, self.collections)

    @cached_property
    def guest_uploads(self) -> "GuestUploads":
        """Photos that guests add."""
        from chalicelib.sharing.guest_uploads import GuestUploads

        return GuestUploads(self.share_store, self.photos, self.uploads)

    @cached_property
    def admission(self) -> "Admission":
        """Which albums uploads join."""
        from chalicelib.sharing.admission import Admission

        return Admission(self.share_store, self.album_store, self.now)

    @cached_property
    def guest_bundles(self) -> "GuestBundles":
        """Zip files for guests."""
        from chalicelib.sharing.guest_bundles import GuestBundles

        return GuestBundles(self.bundles, self.bundle_photos, self.shared_photos, self.now)

    @cached_property
    def original_copies(self) -> "S3OriginalCopies":
        """Copies of originals for guests."""
        from chalicelib.aws.original_copies import S3OriginalCopies

        s = self.settings
        return S3OriginalCopies(
            client=self.clients.get("s3"),
            originals_bucket=s.originals_bucket,
            bucket=s.bundles_bucket,
            urls=self._urls(s.bundles_bucket),
            now=self.now,
            secret=s.link_secret,
        )

    @cached_property
    def token_verifier(self) -> TokenVerifier:
        """Verifies tokens of the user pool."""
        from jwt import PyJWKClient

        keys = PyJWKClient(self.settings.keys_url, lifespan=3600, timeout=JWKS_TIMEOUT_SECONDS)
        s = self.settings
        return TokenVerifier(keys, s.identity_issuer, s.client_ids, s.id_secret)

    def heat(self, received_at: datetime) -> int:
        """The heat of a photo received at this time, relative to the epoch in the settings."""
        return totals_.heat(received_at, totals_.parse_epoch(self.settings.epoch))

    @cached_property
    def original_urls(self) -> "SignedUrls":
        """Signs URLs of originals, which S3 serves."""
        return self._urls(self.settings.originals_bucket)

    @cached_property
    def image_urls(self) -> "CloudFrontUrls | SignedUrls":
        """Signs URLs of derivatives, which CloudFront serves if it is configured, else S3."""
        s = self.settings
        if not (s.image_base_url and s.image_key):
            return self._urls(s.derivatives_bucket)
        from chalicelib.aws.cloudfront import CloudFrontUrls

        return CloudFrontUrls(s.image_base_url, s.image_key, self.now)

    def url_window(self) -> int:
        """The number of the current URL window: signed URLs are the same throughout a window."""
        from chalicelib.aws.url_window import URL_WINDOW

        return int(self.now().timestamp() // URL_WINDOW.total_seconds())

    def check_health(self) -> None:
        """Check that all required tables and buckets respond; raises Unavailable naming the one that failed."""
        checks: dict[str, Callable[[], object]] = {
            "the photos table": lambda: self.photos.get("health"),
            "the trends table": lambda: self.collections.get_trend("public", "*"),
            "the memberships table": lambda: self.collections.list_rows("public", "*", after=None, limit=1),
            "the API keys table": lambda: self.api_keys.list_by_owner("health"),
            "the albums table": lambda: self.album_store.get_order("health"),
            "the originals bucket": lambda: self.originals.check_access(),
            "the derivatives bucket": lambda: self.derivatives.check_access(),
        }
        for name, check in checks.items():
            try:
                check()
            except Exception as error:
                raise Unavailable(f"Not ready: {name} is unavailable.") from error

    def _urls(self, bucket: str) -> "SignedUrls":
        from chalicelib.aws.s3 import SignedUrls

        client = self.clients.get("s3")
        return SignedUrls(
            credentials=self.clients.session.get_credentials,
            endpoint=client.meta.endpoint_url,
            region=client.meta.region_name,
            bucket=bucket,
            now=self.now,
        )


def _no_album(_owner: str, _folder: str) -> str | None:
    """The album of a folder if folders become no albums."""
    return None


def new_id() -> str:
    """A new id: 32 hexadecimal digits of a random UUID."""
    return uuid.uuid4().hex
