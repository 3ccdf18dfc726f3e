"""Where objects meet: one Library per process, its parts made when they are first needed.

Nothing here happens at import: no client, no settings, no Pillow. So the API starts without what only
ingest needs, and a test makes a library of its own.
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
from chalicelib.errors import Unavailable
from chalicelib.library import totals
from chalicelib.library.photo import Visibility
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.accounts.notifications import NotificationService
    from chalicelib.aws.clients import Clients
    from chalicelib.aws.cloudfront import CloudFrontUrls
    from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
    from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
    from chalicelib.aws.dynamodb.sampling import DynamoSamplingIndex
    from chalicelib.aws.dynamodb.scan import DynamoPhotoScanner
    from chalicelib.aws.dynamodb.totals import DynamoTotalsStore
    from chalicelib.aws.dynamodb.transaction import Tables
    from chalicelib.aws.listing import S3OriginalLister
    from chalicelib.aws.s3 import S3Derivatives, S3Originals, SignedUrls
    from chalicelib.bundles.service import BundleService
    from chalicelib.ingest.deletion import PhotoDeletion
    from chalicelib.ingest.editing import PhotoEditor
    from chalicelib.ingest.ingest import Ingest
    from chalicelib.ingest.labeling import Labeler
    from chalicelib.ingest.uploads import Uploads
    from chalicelib.library.queries import PhotoQueries
    from chalicelib.library.sampling import Sampler
    from chalicelib.maintenance.sweep import Sweep

KEYS_TIMEOUT_SECONDS = 5
# So long is a labeller left in peace that was Unavailable so many times in a row.
LABELER_FAILURES = 3
LABELER_REST = timedelta(minutes=1)
NOTIFICATIONS_FAILURES = 3
NOTIFICATIONS_REST = timedelta(minutes=1)


class Library:
    """One library with its settings: every room, furnished."""

    def __init__(self, settings: Settings, clients: "Clients") -> None:
        self.settings = settings
        self.clients = clients

    @cached_property
    def tables(self) -> "Tables":
        """The catalogue's tables."""
        from chalicelib.aws.dynamodb.transaction import Tables

        s = self.settings
        return Tables(photos=s.photos_table, memberships=s.memberships_table, trends=s.trends_table)

    @cached_property
    def photos(self) -> "DynamoPhotoStore":
        """Photos, and everything that is counted from them."""
        from chalicelib.aws.dynamodb.photos import DynamoPhotoStore

        return DynamoPhotoStore(self.clients.get("dynamodb"), self.tables, now, time.sleep, random.random)

    @cached_property
    def collections(self) -> "DynamoCollectionReader":
        """Collections and totals, to read."""
        from chalicelib.aws.dynamodb.collections import DynamoCollectionReader

        return DynamoCollectionReader(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def sampling_index(self) -> "DynamoSamplingIndex":
        """The dials of the collections."""
        from chalicelib.aws.dynamodb.sampling import DynamoSamplingIndex

        return DynamoSamplingIndex(self.clients.get("dynamodb"), self.tables, time.sleep, random.random)

    @cached_property
    def ledger(self) -> "DynamoTotalsStore":
        """Totals, to count again."""
        from chalicelib.aws.dynamodb.totals import DynamoTotalsStore

        return DynamoTotalsStore(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def keys(self) -> ApiKeyService:
        """The keys of its owners."""
        from chalicelib.aws.dynamodb.api_keys import DynamoApiKeyStore

        keyring = DynamoApiKeyStore(self.clients.get("dynamodb"), self.settings.keys_table)
        return ApiKeyService(keyring, now=now, new_id=new_id, random_bytes=secrets.token_bytes)

    @cached_property
    def listing(self) -> "S3OriginalLister":
        """The bucket of originals, to go through."""
        from chalicelib.aws.listing import S3OriginalLister

        return S3OriginalLister(self.clients.get("s3"), self.settings.originals_bucket)

    @cached_property
    def register(self) -> "DynamoPhotoScanner":
        """Photos, to go through."""
        from chalicelib.aws.dynamodb.scan import DynamoPhotoScanner

        return DynamoPhotoScanner(self.clients.get("dynamodb"), self.tables)

    @cached_property
    def notifications(self) -> "NotificationService":
        """Who is told when something is ready."""
        from chalicelib.accounts.notifications import NotificationService
        from chalicelib.aws.sns import SnsTopicStore
        from chalicelib.util.circuit_breaker import CircuitBreaker

        return NotificationService(
            SnsTopicStore(self.clients.get("sns"), self.settings.topic_prefix),
            CircuitBreaker(max_failures=NOTIFICATIONS_FAILURES, cooldown=NOTIFICATIONS_REST, now=now),
        )

    @cached_property
    def originals(self) -> "S3Originals":
        """The bucket of originals."""
        from chalicelib.aws.s3 import S3Originals

        return S3Originals(self.clients.get("s3"), self.settings.originals_bucket)

    @cached_property
    def derivatives(self) -> "S3Derivatives":
        """The bucket of what is made from them."""
        from chalicelib.aws.s3 import S3Derivatives

        return S3Derivatives(self.clients.get("s3"), self.settings.derivatives_bucket)

    @cached_property
    def queries(self) -> "PhotoQueries":
        """Everything that is read."""
        from chalicelib.library.queries import PhotoQueries

        return PhotoQueries(self.photos, self.collections)

    @cached_property
    def sampler(self) -> "Sampler":
        """Random draws; two functions that woke from one snapshot must not draw alike, hence the system's chance."""
        from chalicelib.library.sampling import Sampler

        return Sampler(self.sampling_index, random.SystemRandom())

    @cached_property
    def uploads(self) -> "Uploads":
        """The doors."""
        from chalicelib.ingest.uploads import Uploads

        return Uploads(
            photos=self.photos,
            bucket=self.originals,
            now=now,
            new_id=new_id,
            heat=self.heat,
            visibility=Visibility(self.settings.default_status),
        )

    @cached_property
    def deletion(self) -> "PhotoDeletion":
        """The way out of the library."""
        from chalicelib.ingest.deletion import PhotoDeletion

        return PhotoDeletion(
            photos=self.photos,
            collections=self.collections,
            originals=self.originals,
            derivatives=self.derivatives,
            now=now,
            new_id=new_id,
        )

    @cached_property
    def editor(self) -> "PhotoEditor":
        """What owners do to their photos."""
        from chalicelib.ingest.editing import PhotoEditor

        return PhotoEditor(self.photos, self.deletion, now)

    @cached_property
    def labeler(self) -> "Labeler":
        """Whoever looks at photos, as the settings say."""
        from chalicelib.ingest.labeling import GuardedLabeler, LocalLabeler

        if self.settings.labeler == "local":
            return LocalLabeler()
        from chalicelib.aws.rekognition import RekognitionLabeler
        from chalicelib.util.circuit_breaker import CircuitBreaker

        return GuardedLabeler(
            RekognitionLabeler(
                self.clients.get("rekognition"), self.settings.labels_min_confidence, self.settings.custom_labels_arn
            ),
            CircuitBreaker(max_failures=LABELER_FAILURES, cooldown=LABELER_REST, now=now),
        )

    @cached_property
    def ingest(self) -> "Ingest":
        """The way from the originals bucket to the gallery; loads Pillow."""
        from chalicelib import images
        from chalicelib.ingest.ingest import Ingest
        from chalicelib.ingest.processing import ImageProcessor

        darkroom = ImageProcessor(self.originals, self.derivatives, self.labeler, images.render, now)
        return Ingest(
            photos=self.photos,
            originals=self.originals,
            processor=darkroom,
            deletion=self.deletion,
            now=now,
            new_id=new_id,
            heat=self.heat,
            bucket=self.settings.originals_bucket,
            owner=self.settings.library_owner,
            visibility=Visibility(self.settings.default_status),
            id_secret=self.settings.id_secret,
        )

    @cached_property
    def sweeps(self) -> "Sweep":
        """What the schedule does."""
        from chalicelib.maintenance.reconciliation import Reconciliation
        from chalicelib.maintenance.recount import Recount
        from chalicelib.maintenance.sweep import Sweep

        return Sweep(
            photos=self.photos,
            originals=self.originals,
            processor=self.ingest.processor,
            ingest=self.ingest,
            deletion=self.deletion,
            recount=Recount(self.ledger, now),
            reconciliation=Reconciliation(
                ingest=self.ingest,
                photos=self.photos,
                originals=self.originals,
                lister=self.listing,
                scanner=self.register,
                heat=self.heat,
                bucket=self.settings.originals_bucket,
                id_secret=self.settings.id_secret,
                now=now,
            ),
            now=now,
        )

    @cached_property
    def packing(self) -> "BundleService":
        """What is taken away."""
        from chalicelib.aws.dynamodb.bundles import DynamoBundleStore
        from chalicelib.aws.manifests import S3ManifestStore
        from chalicelib.aws.multipart import S3MultipartUploader
        from chalicelib.aws.sqs import SqsVolumeQueue
        from chalicelib.bundles.service import BundleService
        from chalicelib.bundles.zip import ZipBuilder

        s = self.settings
        return BundleService(
            photos=self.photos,
            collections=self.collections,
            store=DynamoBundleStore(self.clients.get("dynamodb"), s.bundles_table),
            manifests=S3ManifestStore(self.clients.get("s3"), s.bundles_bucket),
            queue=SqsVolumeQueue(self.clients.get("sqs"), s.bundles_queue_url),
            builder=ZipBuilder(self.originals, S3MultipartUploader(self.clients.get("s3"), s.bundles_bucket)),
            notifier=self.notifications,
            now=now,
            new_id=new_id,
            max_photos=s.bundle_photos,
            max_volume_bytes=s.bundle_volume_bytes,
            link_secret=s.link_secret,
            api_url=s.api_url,
        )

    @cached_property
    def verifier(self) -> TokenVerifier:
        """Whose token is it."""
        from jwt import PyJWKClient

        keys = PyJWKClient(self.settings.keys_url, lifespan=3600, timeout=KEYS_TIMEOUT_SECONDS)
        s = self.settings
        return TokenVerifier(keys, s.identity_issuer, s.client_ids, s.id_secret)

    def heat(self, received_at: datetime) -> int:
        """The heat of a photo that comes now, in this library's epoch."""
        return totals.heat(received_at, totals.parse_epoch(self.settings.epoch))

    @cached_property
    def original_urls(self) -> "SignedUrls":
        """Signs URLs of originals, which only S3 serves."""
        return self._urls(self.settings.originals_bucket)

    @cached_property
    def image_urls(self) -> "CloudFrontUrls | SignedUrls":
        """Who signs the URLs of images: CloudFront where it stands before them, else S3 itself."""
        s = self.settings
        if not (s.image_base_url and s.image_key):
            return self._urls(s.derivatives_bucket)
        from chalicelib.aws.cloudfront import CloudFrontUrls

        return CloudFrontUrls(s.image_base_url, s.image_key, now)

    def url_window(self) -> int:
        """The number of the window that signed URLs are good for now."""
        from chalicelib.aws.url_window import URL_WINDOW

        return int(now().timestamp() // URL_WINDOW.total_seconds())

    def check(self) -> None:
        """Touch everything a request needs; raises Unavailable naming what does not answer."""
        checks: dict[str, Callable[[], object]] = {
            "the photos table": lambda: self.photos.get("health"),
            "the trends table": lambda: self.collections.get_trend("public", "*"),
            "the memberships table": lambda: self.collections.list_rows("public", "*", after=None, limit=1),
            "the keys table": lambda: self.keys.list_by_owner("health"),
            "the originals bucket": lambda: self.originals.check_access(),
            "the derivatives bucket": lambda: self.derivatives.check_access(),
        }
        for name, check in checks.items():
            try:
                check()
            except Exception as error:
                raise Unavailable(f"The library is not ready: {name} does not answer.") from error

    def _urls(self, bucket: str) -> "SignedUrls":
        from chalicelib.aws.s3 import SignedUrls

        client = self.clients.get("s3")
        return SignedUrls(
            credentials=self.clients.session.get_credentials,
            endpoint=client.meta.endpoint_url,
            region=client.meta.region_name,
            bucket=bucket,
            now=now,
        )


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A new id: 32 hex digits of a random UUID."""
    return uuid.uuid4().hex
