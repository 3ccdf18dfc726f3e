"""`make remove-user`: who it finds, what it asks, and that access ends whatever AWS refuses."""

import io
import json
import random
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.accounts.addresses import address_hash
from chalicelib.accounts.api_keys import ApiKey
from chalicelib.accounts.identity import Permission
from chalicelib.aws.dynamodb.album_table import AlbumTable
from chalicelib.aws.dynamodb.api_keys import DynamoApiKeyStore
from chalicelib.aws.dynamodb.shares import DynamoShareStore
from chalicelib.handlers import USER_REMOVAL_SOURCE
from chalicelib.sharing.models import Contents, Share, ShareTerms
from infrastructure.deploy import cli, settings, user_removal, users
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target, resolve_target
from local.provision import ProvisionedStack
from local.users import USERS
from tests.support.factories import NOON

pytestmark = pytest.mark.cloud
COMPLETE = {"photos": 0, "postponed": 0, "is_complete": True}


@dataclass
class FakeLambda:
    """The client of Lambda: answers with these reports, the last one again and again."""

    reports: list[Any] = field(default_factory=lambda: [COMPLETE])
    events: list[dict[str, Any]] = field(default_factory=list)
    error: bool = False

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName.endswith("-sweep")
        self.events.append(json.loads(Payload))
        report = self.reports.pop(0) if len(self.reports) > 1 else self.reports[0]
        return {"Payload": io.BytesIO(json.dumps(report).encode())} | ({"FunctionError": "x"} if self.error else {})


@dataclass
class FakeSession:
    """A session whose client of Lambda is a fake; records the calls, and refuses the operations in `refused`."""

    session: Any
    function: FakeLambda
    calls: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    time: datetime | None = None  # AWS's, in its responses

    def client(self, service: str, **options: Any) -> Any:
        if service == "lambda":
            return self.function
        client = self.session.client(service, **options)
        client.meta.events.register("before-call", self._before_call)
        client.meta.events.register("after-call", self._after_call)
        return client

    def _before_call(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        if model.name in self.refused:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "No."}}, model.name)

    def _after_call(self, parsed: Any, **_: Any) -> None:
        if self.time:
            parsed["ResponseMetadata"]["HTTPHeaders"]["date"] = f"{self.time:%a, %d %b %Y %H:%M:%S GMT}"


@dataclass
class RemovalFixture:
    """A stage with an owner, and a user to remove."""

    target: Target
    session: FakeSession
    cognito: Any
    pool: str
    email: str
    owner: str
    keys: DynamoApiKeyStore
    shares: DynamoShareStore

    @property
    def function(self) -> FakeLambda:
        return self.session.function

    def find(self, email: str = "", owner: str = "", photos: str = "keep") -> user_removal.Removal:
        return user_removal.find(self.target, self.pool, email, owner, photos)

    def run(self, removal: user_removal.Removal) -> list[str]:
        """Remove; returns what is printed."""
        lines: list[str] = []
        user_removal.run(self.target, self.pool, removal, lines.append)
        return lines

    def is_enabled(self) -> bool:
        return bool(self.cognito.admin_get_user(UserPoolId=self.pool, Username=self.email)["Enabled"])

    def is_refused(self) -> bool:
        """Whether tokens are refused, and no API key is left."""
        return self.keys.revoked_at(self.owner) is not None and not self.keys.list_by_owner(self.owner)


@pytest.fixture
def fixture(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RemovalFixture]:
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    direct = resolve_target(f"t{uuid.uuid4().hex[:12]}", tmp_path)
    session = FakeSession(direct.session, FakeLambda())
    target = replace(direct, session=session)
    pool, email = cloud.outputs["UserPoolId"], f"{uuid.uuid4().hex}@tintype.example"
    settings.write(target, "id-secret", "a secret", secret=True)
    settings.write(target, "api-keys-table", cloud.outputs["ApiKeysTable"])
    settings.write(target, "albums-table", cloud.outputs["AlbumsTable"])
    users.ensure_owner(target, pool, USERS["demo"].email)
    users.invite(target, pool, email)
    (owner,) = (owner for owner, each in users.list_owners(target, pool) if each == email)
    cognito = direct.client("cognito-idp")
    keys = DynamoApiKeyStore(direct.client("dynamodb"), cloud.outputs["ApiKeysTable"])
    key = ApiKey(uuid.uuid4().hex, owner, "garage", frozenset({Permission.READ}), "f" * 64, NOON)
    keys.add(key, max_keys=5, issued_at=1)
    session.calls.clear()
    shares = DynamoShareStore(
        AlbumTable(direct.client("dynamodb"), cloud.outputs["AlbumsTable"], lambda _: None, random.random)
    )
    yield RemovalFixture(target, session, cognito, pool, email, owner, keys, shares)
    with suppress(cognito.exceptions.UserNotFoundException):
        cognito.admin_delete_user(UserPoolId=pool, Username=email)


def test_user_is_signed_out_then_disabled_then_tokens_are_refused(fixture: RemovalFixture) -> None:
    removal = fixture.find(fixture.email)
    fixture.run(removal)
    assert not fixture.is_enabled()
    assert fixture.is_refused()
    steps = ["AdminUserGlobalSignOut", "AdminDisableUser", "UpdateItem", "TransactWriteItems", "DeleteTopic"]
    assert [name for name in fixture.session.calls if name in steps] == steps
    fixture.session.refused = {"AdminUserGlobalSignOut"}  # as Cognito may refuse it for a disabled user
    fixture.run(removal)


@pytest.mark.parametrize("operation", ["AdminGetUser", "AdminUserGlobalSignOut", "AdminDisableUser", "DeleteTopic"])
def test_tokens_and_keys_end_whatever_cognito_and_sns_refuse(fixture: RemovalFixture, operation: str) -> None:
    removal = fixture.find(fixture.email, photos="delete")
    fixture.session.refused = {operation}
    with pytest.raises(
        UserError, match=rf"^{operation} failed \(AccessDenied: No\): .*run this command again"
    ) as raised:
        fixture.run(removal)
    assert "\n" not in str(raised.value)
    assert fixture.is_refused()
    assert fixture.is_enabled() == (operation in ("AdminGetUser", "AdminDisableUser"))
    assert fixture.function.events == []  # no photo is deleted while the user may have access
    fixture.session.refused = set()
    fixture.run(removal)
    assert not fixture.is_enabled()


@pytest.mark.parametrize("operation", ["GetCallerIdentity", "UpdateItem", "TransactWriteItems"])
def test_sign_in_and_messages_end_whatever_dynamodb_refuses(fixture: RemovalFixture, operation: str) -> None:
    removal = fixture.find(fixture.email)
    fixture.session.refused = {operation}
    with pytest.raises(UserError, match=f"^{operation} failed"):
        fixture.run(removal)
    assert not fixture.is_enabled()
    assert "DeleteTopic" in fixture.session.calls
    fixture.session.refused = set()
    fixture.run(removal)
    assert fixture.is_refused()


def test_each_failure_is_reported(fixture: RemovalFixture) -> None:
    removal = fixture.find(fixture.email)
    fixture.session.refused = {"AdminDisableUser", "DeleteTopic"}
    with pytest.raises(UserError, match=r"^AdminDisableUser failed .* DeleteTopic failed"):
        fixture.run(removal)


def test_tokens_are_refused_by_the_clock_of_aws(fixture: RemovalFixture) -> None:
    removal = fixture.find(fixture.email)
    fixture.session.time = datetime(2027, 3, 4, 5, 6, 7, tzinfo=UTC)
    fixture.run(removal)
    assert fixture.keys.revoked_at(fixture.owner) == fixture.session.time.timestamp()


def test_access_ends_without_lambda(fixture: RemovalFixture) -> None:
    fixture.function.reports, fixture.function.error = [{"errorMessage": "Rate Exceeded."}], True
    with pytest.raises(UserError, match="could not handle the user's photos"):
        fixture.run(fixture.find(fixture.email, photos="delete"))
    assert fixture.is_refused()


@pytest.mark.parametrize("photos", ["keep", "hand-over"])
def test_shared_links_end_whatever_becomes_of_the_photos(fixture: RemovalFixture, photos: str) -> None:
    for owner in (fixture.owner, "another"):
        share_id = uuid.uuid4().hex
        fixture.shares.add(Share(share_id, owner, Contents(photo_ids=("p1",)), ShareTerms(), "f" * 64, NOON))
    fixture.run(fixture.find(fixture.email, photos=photos))
    assert fixture.shares.list_by_owner(fixture.owner, None, 5).shares == ()
    assert fixture.shares.get(share_id) is not None


def test_photos_are_handled_by_the_function(fixture: RemovalFixture) -> None:
    fixture.run(fixture.find(fixture.email.upper(), photos="hand-over"))
    (event,) = fixture.function.events
    new_owner = settings.read(fixture.target.client("ssm"), fixture.target.parameter_name("library-owner"))
    assert event["source"] == USER_REMOVAL_SOURCE == user_removal.EVENT_SOURCE
    assert event["detail"] == {
        "owner": fixture.owner,
        "photos": "hand-over",
        "new_owner": new_owner,
        "email_hash": address_hash(fixture.email, "a secret"),
    }


def test_invited_again_they_can_sign_in(fixture: RemovalFixture) -> None:
    fixture.run(fixture.find(fixture.email))
    users.invite(fixture.target, fixture.pool, fixture.email)
    assert fixture.is_enabled()


def test_user_deleted_in_cognito_is_removed_by_owner_id(fixture: RemovalFixture) -> None:
    fixture.cognito.admin_delete_user(UserPoolId=fixture.pool, Username=fixture.email)
    with pytest.raises(UserError, match=r"No user .* OWNER="):
        fixture.find(fixture.email)
    removal = fixture.find(owner=fixture.owner, photos="delete")
    fixture.run(removal)
    detail = fixture.function.events[0]["detail"]
    assert (detail["owner"], detail["email_hash"]) == (fixture.owner, "")
    assert fixture.is_refused()


def test_removal_calls_the_function_until_nothing_is_left(fixture: RemovalFixture) -> None:
    slices = [{"photos": n, "postponed": 0, "is_complete": n == 3} for n in (5, 7, 3)]
    fixture.function.reports = list(slices)
    assert fixture.run(fixture.find(fixture.email, photos="delete")) == ["   5 photos", "   12 photos", "   15 photos"]
    assert len(fixture.function.events) == 3


def test_busy_photos_and_errors_of_the_function_end_with_one_line(fixture: RemovalFixture) -> None:
    fixture.function.reports = [{"photos": 0, "postponed": 2, "is_complete": False}]
    with pytest.raises(UserError, match="2 photos or albums are busy"):
        fixture.run(fixture.find(fixture.email, photos="delete"))
    for fixture.function.error, report in ((True, {"errorMessage": "no"}), (False, None)):
        fixture.function.reports = [report]
        with pytest.raises(UserError, match=f"make deploy STAGE={fixture.target.stage}"):
            fixture.run(fixture.find(fixture.email, photos="delete"))


def test_invalid_request_changes_nothing(fixture: RemovalFixture) -> None:
    for request, message in (
        ({"photos": "burn", "email": fixture.email}, "Invalid PHOTOS"),
        ({}, "EMAIL="),
        ({"email": fixture.email, "owner": fixture.owner}, "EMAIL="),
        ({"email": "nobody@tintype.example"}, "No user"),
        ({"owner": "me"}, "No user"),
        ({"email": USERS["demo"].email}, "library-owner"),
    ):
        with pytest.raises(UserError, match=message):
            fixture.find(**request)
    assert fixture.function.events == []


@pytest.mark.parametrize(("answers", "photos"), [(["", "y"], "keep"), (["delete", "y"], "delete")])
def test_command_asks_what_becomes_of_the_photos(
    fixture: RemovalFixture, monkeypatch: pytest.MonkeyPatch, answers: list[str], photos: str
) -> None:
    monkeypatch.setattr(cli, "resolve_target", lambda *_: fixture.target)
    monkeypatch.setattr(cli, "_stack_outputs", lambda _: {"UserPoolId": fixture.pool})
    given = list(answers)
    cli.main(["remove-user", "--email", fixture.email], lambda _: given.pop(0), (3, 12))
    assert given == []
    assert [event["detail"]["photos"] for event in fixture.function.events] == [photos]
    assert fixture.is_refused()


@pytest.mark.parametrize("answer", ["", "n", "delete"])
def test_declined_command_changes_nothing(
    fixture: RemovalFixture, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(cli, "resolve_target", lambda *_: fixture.target)
    monkeypatch.setattr(cli, "_stack_outputs", lambda _: {"UserPoolId": fixture.pool})
    with pytest.raises(SystemExit, match="Nothing was changed"):
        cli.main(["remove-user", "--email", fixture.email, "--photos", "delete"], lambda _: answer, (3, 12))
    assert fixture.is_enabled()
    assert fixture.function.events == []
    cli.main(["remove-user", "--email", fixture.email, "--yes", "1"], None, (3, 12))
    assert fixture.is_refused()
    assert [event["detail"]["photos"] for event in fixture.function.events] == ["keep"]
