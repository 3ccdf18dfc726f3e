"""Fixtures for contract tests: each port over its fake, moto and the local cloud."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from moto import mock_aws

from chalicelib.accounts.api_keys import ApiKeyStore
from chalicelib.albums.members import MemberStore
from chalicelib.albums.models import Album, AlbumStore
from chalicelib.aws.backup import S3BackupFiles
from chalicelib.aws.clients import Clients
from chalicelib.aws.dynamodb.album_table import AlbumTable
from chalicelib.aws.dynamodb.albums import DynamoAlbumStore
from chalicelib.aws.dynamodb.api_keys import DynamoApiKeyStore
from chalicelib.aws.dynamodb.backup import DynamoBackupCheckpoints
from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
from chalicelib.aws.dynamodb.fingerprints import DynamoFingerprints
from chalicelib.aws.dynamodb.items import to_wire
from chalicelib.aws.dynamodb.members import DynamoMemberStore
from chalicelib.aws.dynamodb.outages import DynamoOutages
from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
from chalicelib.aws.dynamodb.relabelings import DynamoRelabelingStore
from chalicelib.aws.dynamodb.removals import DynamoRemovalCounter
from chalicelib.aws.dynamodb.sampling import DynamoSamplingIndex
from chalicelib.aws.dynamodb.scan import DynamoPhotoScanner
from chalicelib.aws.dynamodb.shares import DynamoShareStore
from chalicelib.aws.dynamodb.totals import DynamoTotalsStore
from chalicelib.aws.dynamodb.transaction import Tables, album_key
from chalicelib.aws.listing import S3DerivativeLister, S3OriginalLister
from chalicelib.aws.s3 import S3Derivatives, S3Originals
from chalicelib.aws.similarity import S3IndexFiles
from chalicelib.aws.zip_entries import S3EntryReader
from chalicelib.bundles.zip import EntryReader
from chalicelib.ingest.deletion import VersionPurger
from chalicelib.ingest.originals import Original, OriginalStore
from chalicelib.ingest.processing import DerivativeStore
from chalicelib.ingest.removal_limit import RemovalCounter
from chalicelib.ingest.uploads import UploadBucket
from chalicelib.labels.outage import OutageStore
from chalicelib.library.photo import PhotoStore
from chalicelib.library.queries import CollectionReader
from chalicelib.library.sampling import SamplingIndex
from chalicelib.library.similarity_index import IndexFiles
from chalicelib.maintenance.backup_files import BackupCheckpoints, BackupFiles
from chalicelib.maintenance.derivatives import DerivativeLister
from chalicelib.maintenance.recount import TotalsStore
from chalicelib.maintenance.relabeling import RelabelingStore
from chalicelib.maintenance.similarity import FingerprintStore
from chalicelib.maintenance.sources import OriginalLister, PhotoScanner
from chalicelib.sharing.models import ShareStore
from local.provision import ProvisionedStack
from tests.contract.tables import (
    MOTO_TABLES,
    PHOTO_TABLES,
    TablePool,
    create_albums_table,
    create_api_keys_table,
    create_tables,
)
from tests.fakes.albums import MemoryAlbumStore
from tests.fakes.api_keys import MemoryApiKeyStore
from tests.fakes.backup import MemoryBackupCheckpoints, MemoryBackupFiles
from tests.fakes.members import MemoryMemberStore
from tests.fakes.outages import MemoryOutages
from tests.fakes.photos import MemoryPhotoStore
from tests.fakes.relabelings import MemoryRelabelingStore
from tests.fakes.removals import MemoryRemovalCounter
from tests.fakes.s3 import MemoryDerivatives, MemoryEntryReader, MemoryOriginals
from tests.fakes.scan import MemoryPhotoScanner
from tests.fakes.shares import MemoryShareStore
from tests.fakes.similarity import MemoryFingerprints, MemoryIndexFiles
from tests.support import aws_clients, moto_speedups
from tests.support.factories import NOON

STATE_TAG = "tintype-state"
FAKE, MOTO, CLOUD = "fake", "moto", pytest.param("cloud", marks=pytest.mark.cloud)

moto_speedups.apply()


@dataclass
class Store:
    """The ports of the photo store over the same tables."""

    photos: PhotoStore
    collections: CollectionReader
    sampling_index: SamplingIndex
    totals: TotalsStore
    scanner: PhotoScanner
    removals: RemovalCounter
    outages: OutageStore
    relabelings: RelabelingStore
    fingerprints: FingerprintStore
    backup_checkpoints: BackupCheckpoints
    create_album: Callable[[str], object]
    delete_album: Callable[[str], object]

    def create_albums(self, *album_ids: str) -> None:
        """Create albums, as far as photos need them."""
        for album_id in album_ids:
            self.create_album(album_id)


class Buckets(Protocol):
    """The ports of the originals and derivatives buckets, and what an S3 tool does there."""

    @property
    def originals(self) -> OriginalStore:
        """The originals bucket, as ingest uses it."""

    @property
    def lister(self) -> OriginalLister:
        """The originals bucket, as reconciliation lists it."""

    @property
    def upload_bucket(self) -> UploadBucket:
        """The originals bucket, as uploads use it."""

    @property
    def derivatives(self) -> DerivativeStore:
        """The derivatives bucket."""

    @property
    def derivative_lister(self) -> DerivativeLister:
        """The derivatives bucket, as reconciliation lists it."""

    @property
    def index_files(self) -> IndexFiles:
        """The derivatives bucket, as similarity indexes use it."""

    @property
    def backup_files(self) -> BackupFiles:
        """The originals bucket, as backups use it."""

    @property
    def version_purger(self) -> VersionPurger:
        """The originals bucket, as permanent deletion uses it."""

    @property
    def range_reader(self) -> EntryReader:
        """The buckets of originals and derivatives, as bundles read them."""

    def count_versions(self, key: str) -> int:
        """The number of versions of this key."""

    def drop(self, key: str, data: bytes, metadata: Mapping[str, str] | None = None) -> None:
        """Copy a file into the originals bucket."""

    def delete(self, key: str) -> None:
        """Delete the current version, which leaves a delete marker."""

    def delete_version(self, original: Original) -> None:
        """Delete one version permanently."""

    def state_tag(self, original: Original) -> str | None:
        """The state tag of this version."""


@dataclass
class MemoryBuckets:
    """Buckets over the fakes."""

    originals: MemoryOriginals = field(default_factory=MemoryOriginals)
    derivatives: MemoryDerivatives = field(default_factory=MemoryDerivatives)
    index_files: MemoryIndexFiles = field(default_factory=MemoryIndexFiles)
    backup_files: MemoryBackupFiles = field(default_factory=MemoryBackupFiles)

    def __post_init__(self) -> None:
        self.upload_bucket = self.lister = self.version_purger = self.originals
        self.range_reader = MemoryEntryReader(self.originals, self.derivatives)
        self.derivative_lister = self.derivatives

    def count_versions(self, key: str) -> int:
        return sum(stored == key for stored, _ in self.originals.versions)

    def drop(self, key: str, data: bytes, metadata: Mapping[str, str] | None = None) -> None:
        self.originals.drop(key, data, metadata)

    def delete(self, key: str) -> None:
        self.originals.delete(key)

    def delete_version(self, original: Original) -> None:
        self.originals.delete_version(original)

    def state_tag(self, original: Original) -> str | None:
        return self.originals.marks.get((original.key, original.version))


@dataclass
class S3Buckets:
    """Buckets over moto or the local cloud."""

    s3: Any
    bucket: str
    derivatives_bucket: str

    def __post_init__(self) -> None:
        self.originals = self.upload_bucket = self.version_purger = S3Originals(self.s3, self.bucket)
        self.lister = S3OriginalLister(self.s3, self.bucket)
        self.derivatives = S3Derivatives(self.s3, self.derivatives_bucket)
        self.range_reader = S3EntryReader(self.originals, self.derivatives)
        self.index_files = S3IndexFiles(self.s3, self.derivatives_bucket)
        self.backup_files = S3BackupFiles(self.s3, self.bucket)
        self.derivative_lister = S3DerivativeLister(self.s3, self.derivatives_bucket)

    def count_versions(self, key: str) -> int:
        found = self.s3.list_object_versions(Bucket=self.bucket, Prefix=key)
        return sum(version["Key"] == key for version in found.get("Versions", []))

    def drop(self, key: str, data: bytes, metadata: Mapping[str, str] | None = None) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=data, Metadata=dict(metadata or {}))

    def delete(self, key: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=key)

    def delete_version(self, original: Original) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=original.key, VersionId=original.version)

    def state_tag(self, original: Original) -> str | None:
        tags = self.tags(original)
        return tags.get(STATE_TAG)

    def tags(self, original: Original) -> dict[str, str]:
        """All tags of this version."""
        where = {"Bucket": self.bucket, "Key": original.key, "VersionId": original.version}
        return {tag["Key"]: tag["Value"] for tag in self.s3.get_object_tagging(**where)["TagSet"]}


@pytest.fixture(scope="session")
def moto_clients() -> Clients:
    """Clients for the whole session: they are stateless, and slow to create."""
    return aws_clients.moto_clients()


@pytest.fixture(scope="session")
def cloud_clients(cloud: ProvisionedStack) -> Iterator[Clients]:
    """Clients of the local cloud for the whole session."""
    with aws_clients.local_cloud_clients(cloud) as clients:
        yield clients


@pytest.fixture(scope="session")
def table_pool(cloud_clients: Clients) -> TablePool:
    """Tables of the local cloud."""
    return TablePool(cloud_clients.get("dynamodb"))


def over_dynamodb(client: Any, tables: Tables) -> Store:
    """A store over these tables."""
    return Store(
        DynamoPhotoStore(client, tables, lambda: NOON, lambda _: None, random.random),
        DynamoCollectionReader(client, tables),
        DynamoSamplingIndex(client, tables, lambda _: None, random.random),
        DynamoTotalsStore(client, tables),
        DynamoPhotoScanner(client, tables),
        DynamoRemovalCounter(client, tables),
        DynamoOutages(client, tables),
        DynamoRelabelingStore(client, tables),
        DynamoFingerprints(client, tables),
        DynamoBackupCheckpoints(client, tables),
        lambda album_id: client.put_item(TableName=tables.albums, Item=to_wire(album_key(album_id))),
        lambda album_id: client.update_item(
            TableName=tables.albums,
            Key=to_wire(album_key(album_id)),
            UpdateExpression="SET deleted_at = :now",
            ExpressionAttributeValues=to_wire({":now": "2026-11-27"}),
        ),
    )


@contextmanager
def over_s3(s3: Any) -> Iterator[S3Buckets]:
    """Two empty buckets, configured as in the template."""
    with (
        aws_clients.temporary_bucket(s3, versioned=True) as originals,
        aws_clients.temporary_bucket(s3, versioned=False) as derivatives,
    ):
        yield S3Buckets(s3, originals, derivatives)


@pytest.fixture(params=[FAKE, MOTO_TABLES, CLOUD])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty photo store of each kind."""
    if request.param == "fake":
        memory = MemoryPhotoStore(now=lambda: NOON)
        yield Store(
            photos=memory,
            collections=memory,
            sampling_index=memory,
            totals=memory,
            scanner=MemoryPhotoScanner(memory),
            removals=MemoryRemovalCounter(),
            outages=MemoryOutages(),
            relabelings=MemoryRelabelingStore(),
            fingerprints=MemoryFingerprints(memory),
            backup_checkpoints=MemoryBackupCheckpoints(),
            create_album=memory.deleted_albums.discard,
            delete_album=memory.deleted_albums.add,
        )
    elif request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield over_dynamodb(client, create_tables(client, "contract"))
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        with request.getfixturevalue("table_pool").empty_tables(*PHOTO_TABLES) as names:
            yield over_dynamodb(client, Tables(*names))


@pytest.fixture(params=[FAKE, MOTO_TABLES, CLOUD])
def api_key_store(request: pytest.FixtureRequest) -> Iterator[ApiKeyStore]:
    """An empty store of API keys of each kind."""
    if request.param == "fake":
        yield MemoryApiKeyStore()
    elif request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield DynamoApiKeyStore(client, create_api_keys_table(client, "contract"))
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        with request.getfixturevalue("table_pool").empty_tables("api-keys") as (table,):
            yield DynamoApiKeyStore(client, table)


def over_album_table(client: Any, table: str) -> DynamoAlbumStore:
    """The store of albums over DynamoDB."""
    return DynamoAlbumStore(AlbumTable(client, table, lambda _: None, random.random))


@pytest.fixture(params=[FAKE, MOTO_TABLES, CLOUD])
def album_store(request: pytest.FixtureRequest) -> Iterator[AlbumStore]:
    """An empty store of albums of each kind."""
    if request.param == "fake":
        yield MemoryAlbumStore()
    elif request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield over_album_table(client, create_albums_table(client, "contract"))
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        with request.getfixturevalue("table_pool").empty_tables("albums") as (table,):
            yield over_album_table(client, table)


@pytest.fixture
def member_store(album_store: AlbumStore) -> MemberStore:
    """The store of members of the same albums."""
    if isinstance(album_store, DynamoAlbumStore):
        return DynamoMemberStore(album_store.table)
    assert isinstance(album_store, MemoryAlbumStore)
    return MemoryMemberStore(album_store)


@dataclass
class SharesOfAlbums:
    """A store of shares, and the albums that they show."""

    shares: ShareStore
    albums: AlbumStore
    client: Any = None
    ids: Iterator[int] = field(default_factory=itertools.count)

    def add_album(self) -> str:
        """A new album of alice."""
        album_id = f"a{next(self.ids)}"
        self.albums.add(Album(album_id, "alice", "Summer", NOON, NOON), max_albums=100)
        return album_id

    def delete_album(self, album_id: str) -> None:
        """Mark it as deleted."""
        self.albums.delete(self.albums.get_many([album_id], "")[album_id].album, NOON)

    def remove_album(self, album_id: str) -> None:
        """Delete all rows of its own."""
        self.delete_album(album_id)
        self.albums.remove(album_id)

    def album_rows(self, album_id: str) -> int:
        """The number of rows that its partition has."""
        if not isinstance(self.shares, DynamoShareStore):
            return 0
        found = self.client.query(
            TableName=self.shares.table.name,
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": "partition"},
            ExpressionAttributeValues={":partition": {"S": f"album/{album_id}"}},
        )
        return int(found["Count"])


def shares_over_dynamodb(client: Any, table: str) -> SharesOfAlbums:
    """Both stores over one table."""
    shares = DynamoShareStore(AlbumTable(client, table, lambda _: None, random.random))
    return SharesOfAlbums(shares, over_album_table(client, table), client)


@pytest.fixture(params=[FAKE, MOTO_TABLES, CLOUD])
def share_store(request: pytest.FixtureRequest) -> Iterator[SharesOfAlbums]:
    """An empty store of shares of each kind."""
    if request.param == "fake":
        albums = MemoryAlbumStore()
        yield SharesOfAlbums(MemoryShareStore(albums.exists), albums)
    elif request.param == "moto":
        with mock_aws():
            client = request.getfixturevalue("moto_clients").get("dynamodb")
            yield shares_over_dynamodb(client, create_albums_table(client, "contract"))
    else:
        client = request.getfixturevalue("cloud_clients").get("dynamodb")
        with request.getfixturevalue("table_pool").empty_tables("albums") as (table,):
            yield shares_over_dynamodb(client, table)


@pytest.fixture(params=[FAKE, MOTO, CLOUD])
def buckets(request: pytest.FixtureRequest) -> Iterator[Buckets]:
    """Empty buckets of each kind."""
    if request.param == "fake":
        yield MemoryBuckets()
    elif request.param == "moto":
        with mock_aws(), over_s3(request.getfixturevalue("moto_clients").get("s3")) as s3_fixture:
            yield s3_fixture
    else:
        with over_s3(request.getfixturevalue("cloud_clients").get("s3")) as s3_fixture:
            yield s3_fixture


@pytest.fixture(params=[MOTO, CLOUD])
def s3_buckets(request: pytest.FixtureRequest) -> Iterator[S3Buckets]:
    """Empty buckets over moto and the local cloud."""
    if request.param == "moto":
        with mock_aws(), over_s3(request.getfixturevalue("moto_clients").get("s3")) as s3_fixture:
            yield s3_fixture
    else:
        with over_s3(request.getfixturevalue("cloud_clients").get("s3")) as s3_fixture:
            yield s3_fixture


@pytest.fixture
def cloud_buckets(cloud_clients: Clients) -> Iterator[S3Buckets]:
    """Empty buckets of the local cloud, which serves plain HTTP and enforces signatures and policies."""
    with over_s3(cloud_clients.get("s3")) as s3_fixture:
        yield s3_fixture
