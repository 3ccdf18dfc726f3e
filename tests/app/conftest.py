"""The app as Lambda runs it, called through Chalice's test client.

Its tables are fakes, and in `make proof` also moto's, which take most of a test's time; the contract tests compare both
with the local cloud. Buckets, queues, topics and parameters are moto's. Tests of calls to DynamoDB use `over_moto`.
"""

import copy
import json
import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode

import boto3
import pytest
from chalice.local import LambdaContext
from chalice.test import Client, HTTPResponse
from moto import mock_aws
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from chalicelib import bootstrap
from chalicelib.accounts.identity import TokenVerifier, owner_id
from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import ContainerProvider
from chalicelib.container import Container
from chalicelib.settings import Settings
from chalicelib.sharing import passwords
from tests.contract.tables import MOTO_TABLES, create_api_keys_table, create_bundles_table, create_tables
from tests.fakes.tables import MemoryTables
from tests.support import moto_speedups
from tests.support.identity_provider import CLIENT, ISSUER, IdentityProvider, identity_provider
from tests.support.openapi_check import Exchange, openapi_spec

OWNER = "owner"
ID_SECRET = "id"
BUCKETS = {"originals-bucket": "originals", "derivatives-bucket": "derivatives", "bundles-bucket": "bundles"}
os.environ |= {
    "TINTYPE_STAGE": "test",
    "TINTYPE_ORIGINALS_BUCKET": "originals",
    "TINTYPE_BUNDLES_QUEUE": "bundles",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_DEV": "false",
}

moto_speedups.apply()

TABLES = ["fake", MOTO_TABLES]
over_moto = pytest.mark.parametrize("new_tables", ["moto"], indirect=True)


def id_of(name: str) -> str:
    """The owner id of the user who signs in under this name."""
    return owner_id(name, ID_SECRET)


@pytest.fixture(scope="session")
def identity() -> Iterator[IdentityProvider]:
    """A fake identity provider."""
    with identity_provider() as provider:
        yield provider


class AppTables(Protocol):
    """The tables behind the app."""

    def new_container(self, settings: Settings, clients: Clients) -> Container:
        """A container that uses them."""

    def save(self) -> Any:
        """A copy of what they hold, for `restore`."""

    def restore(self, saved: Any) -> None:
        """Replace what they hold with a copy of what was saved."""


class MotoTables:
    """The tables of the template in moto; `empty` are its objects by name."""

    def __init__(self, empty: Mapping[str, Any]) -> None:
        self.restore(empty)

    def new_container(self, settings: Settings, clients: Clients) -> Container:
        return Container(settings, clients)

    def save(self) -> Any:
        return copy.deepcopy(self._tables)

    def restore(self, saved: Any) -> None:
        self._tables.clear()
        self._tables.update(copy.deepcopy(dict(saved)))

    @property
    def _tables(self) -> dict[str, Any]:
        tables: dict[str, Any] = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables
        return tables


@dataclass
class Tintype:
    """The deployed app: send requests as any user, and deliver events."""

    client: Client
    functions: Mapping[str, Any]
    provider: ContainerProvider
    identity: IdentityProvider
    tables: AppTables
    s3: Any
    sqs: Any
    tokens: dict[str, str] = field(default_factory=dict)

    def call(
        self,
        method: str,
        path: str,
        *,
        as_: str | None = None,
        token: str | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> HTTPResponse:
        """Send one request; `as_` signs in as this user; a `body` that is not bytes is sent as JSON.

        Checks the response against the OpenAPI document.
        """
        sent = dict(headers or {})
        if as_:
            token = self.tokens.setdefault(as_, self.identity.token(as_))
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        url = f"{path}?{urlencode(query, doseq=True)}" if query else path
        response = self.client.http.request(method, url, headers=sent, body=body or b"")
        headers = {name.lower(): str(value) for name, value in response.headers.items()}
        openapi_spec().check(Exchange(method, url, body or b"", response.status_code, headers, response.body))
        return response

    @property
    def container(self) -> Container:
        """The app's current container."""
        return self.provider.current()

    def get(self, path: str, *, as_: str | None = None, token: str | None = None, **query: Any) -> Any:
        """The JSON of a GET, which must succeed."""
        response = self.call("GET", path, as_=as_, token=token, query=query)
        assert response.status_code == 200, response.body
        return response.json_body

    def drop(self, key: str, data: bytes, **metadata: str) -> None:
        """Copy a file into the originals bucket as an S3 tool does, and deliver its event."""
        self.s3.put_object(Bucket="originals", Key=key, Body=data, Metadata=metadata)
        self.deliver(key)

    def deliver(self, key: str, name: str = "ObjectCreated:Put") -> None:
        """Deliver an event as S3 sends it, with a form-encoded key."""
        event = self.client.events.generate_s3_event("originals", quote_plus(key, safe="/"), name)
        self.invoke("ingest_photo", event)

    def invoke(self, name: str, event: Any) -> None:
        """Run one of the Lambda functions, with a timeout of one minute."""
        context = LambdaContext(name, memory_size=1769, max_runtime_ms=60_000)
        self.functions[name](event, context)

    def sweep(self) -> None:
        """Run the sweep as the schedule does."""
        self.invoke("sweep", self.client.events.generate_cw_event("aws.events", "Scheduled Event", {}, ["rule"]))

    def build_volumes(self) -> None:
        """Deliver every message in the bundles queue, as the SQS poller does."""
        url = self.container.settings.bundles_queue_url
        for message in sqs_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].queues["bundles"]._messages:
            message.delayed_until = 0  # nobody waits for their delay
        waiting = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in waiting.get("Messages", []):
            self.invoke("build_volume", self.client.events.generate_sqs_event([message["Body"]], "bundles"))
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def publish(self, key: str, data: bytes, tags: str = "beach") -> str:
        """Drop a public photo of the library owner; returns its id."""
        self.drop(key, data, tags=tags, status="public")
        found = [p for p in self.get("/photos", scope="public", limit=100)["items"] if p["filename"] == key]
        return str(found[0]["photo_id"])


@pytest.fixture(scope="package", autouse=True)
def cheap_password_hashes() -> Iterator[None]:
    """New passwords of shared links at a low cost: a hash of the usual one takes longer than most requests."""
    usual = passwords.LOG2_N
    passwords.LOG2_N = 4
    yield
    passwords.LOG2_N = usual


@pytest.fixture(scope="session")
def aws() -> dict[str, Any]:
    """Clients for the whole session: they are stateless, and slow to create."""
    session = boto3.Session()
    return {service: session.client(service) for service in ("dynamodb", "s3", "sqs")}


def put_parameters(values: Mapping[str, str]) -> None:
    """Store parameters in moto itself; a request for each would take as long as the rest of the fixture."""
    store = get_backend("ssm")[DEFAULT_ACCOUNT_ID]["us-east-1"]
    for name, value in values.items():
        store.put_parameter(
            name=name,
            description="",
            value=value,
            parameter_type="String",
            allowed_pattern="",
            keyid="",
            overwrite=False,
            tags=[],
            data_type="text",
            tier=None,
            policies=None,
        )


@pytest.fixture(scope="session")
def empty_tables(aws: dict[str, Any]) -> Mapping[str, Any]:
    """The tables of the template as objects of moto, by their names."""
    with mock_aws():
        create_tables(aws["dynamodb"], "test")
        create_api_keys_table(aws["dynamodb"], "test")
        create_bundles_table(aws["dynamodb"], "test")
        return dict(dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables)


@pytest.fixture(params=TABLES)
def new_tables(request: pytest.FixtureRequest) -> Callable[[], AppTables]:
    """Makes the tables of each kind."""
    return tables_factory(request)


def tables_factory(request: pytest.FixtureRequest) -> Callable[[], AppTables]:
    """Makes the tables of a fixture's parameter."""
    if request.param == "fake":
        return MemoryTables
    return partial(MotoTables, request.getfixturevalue("empty_tables"))


def create_buckets() -> None:
    """Create the buckets in moto itself, as requests for them would take as long as most tests."""
    s3 = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for bucket in BUCKETS.values():
        s3.create_bucket(bucket, "us-east-1")
        s3.put_bucket_versioning(bucket, "Enabled")


class SavedData:
    """Tables and buckets with what the first test of a file has put there: the others begin with a copy."""

    def __init__(self) -> None:
        # By the type of the tables; buckets are pickled, as moto closes all of its objects at the end of a test.
        self._saved: dict[type, tuple[Any, bytes, Any]] = {}

    def restore[T](self, tintype: Tintype, make: Callable[[], T]) -> T:
        """Call `make` in an empty library, or replace its tables and buckets with copies of what it made before.

        Returns what `make` returned: ids, which are the same in all copies.
        """
        kind, buckets = type(tintype.tables), s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
        made: T
        if kind in self._saved:
            tables, pickled, made = self._saved[kind]
            tintype.tables.restore(tables)
            buckets.update(pickle.loads(pickled))  # noqa: S301
        else:
            made = make()
            self._saved[kind] = tintype.tables.save(), pickle.dumps(dict(buckets)), made
        return made


@pytest.fixture(scope="module")
def saved_data() -> SavedData:
    """What tests of the file begin with."""
    return SavedData()


def new_container(tables: AppTables, settings: Settings, clients: Clients) -> Container:
    """A container that uses these tables."""
    container = tables.new_container(settings, clients)
    vars(container)["token_verifier"] = token_verifier(settings)
    return container


@cache
def token_verifier(settings: Settings) -> TokenVerifier:
    """Made once, as making it reads all certificates that this machine trusts, which takes longer than most tests."""
    return Container(settings, Clients()).token_verifier


@contextmanager
def open_library(
    identity: IdentityProvider, aws: dict[str, Any], new_tables: Callable[[], AppTables]
) -> Iterator[Tintype]:
    """An empty library."""
    with mock_aws():
        tables = new_tables()
        create_buckets()
        names = ("photos", "memberships", "trends", "api-keys", "bundles", "albums")
        settings = BUCKETS | {
            **{f"{table}-table": f"test-{table}" for table in names},
            "bundles-queue-url": aws["sqs"].create_queue(QueueName="bundles")["QueueUrl"],
            "api-url": "https://api.example",
            "page-url": "https://page.example/",
            "user-pool-id": "us-east-1_test",
            "user-pool-client-id": CLIENT,
            "version-retention-days": "30",
            "identity-issuer": ISSUER,
            "identity-keys-url": identity.keys_url,
            "topic-prefix": "arn:aws:sns:us-east-1:123456789012:tintype-test-",
            "library-owner": id_of(OWNER),
            "link-secret": "link",
            "id-secret": ID_SECRET,
        }
        put_parameters({f"/tintype/test/{name}": value for name, value in settings.items()})
        import app

        with pytest.MonkeyPatch.context() as patch, Client(app.app, stage_name="test") as client:
            patch.setattr(bootstrap, "Container", partial(new_container, tables))
            patch.setattr(app.provider, "_container", None)
            yield Tintype(client, app.app.handler_map, app.provider, identity, tables, aws["s3"], aws["sqs"])


@pytest.fixture
def tintype(identity: IdentityProvider, aws: dict[str, Any], new_tables: Callable[[], AppTables]) -> Iterator[Tintype]:
    """An empty library."""
    with open_library(identity, aws, new_tables) as library:
        yield library
