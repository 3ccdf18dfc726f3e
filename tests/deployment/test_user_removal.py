"""`make remove-user`: who it finds, what it asks, and in which order it removes."""

import io
import json
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.handlers import USER_REMOVAL_SOURCE
from infrastructure.deploy import cli, settings, user_removal, users
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target, resolve_target
from local.provision import ProvisionedStack
from local.users import USERS

pytestmark = pytest.mark.cloud
COMPLETE = {"api_keys": 1, "photos": 0, "postponed": 0, "is_complete": True}


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
    """A session whose client of Lambda is a fake."""

    session: Any
    function: FakeLambda

    def client(self, service: str, **options: Any) -> Any:
        return self.function if service == "lambda" else self.session.client(service, **options)


@dataclass
class RemovalFixture:
    """A stage with an owner, and a user to remove."""

    target: Target
    function: FakeLambda
    cognito: Any
    pool: str
    email: str
    owner: str

    def find(self, email: str = "", owner: str = "", photos: str = "keep") -> user_removal.Removal:
        return user_removal.find(self.target, self.pool, email, owner, photos)

    def run(self, removal: user_removal.Removal) -> list[str]:
        """Remove; returns what is printed."""
        lines: list[str] = []
        user_removal.run(self.target, self.pool, removal, lines.append)
        return lines

    def is_enabled(self) -> bool:
        return bool(self.cognito.admin_get_user(UserPoolId=self.pool, Username=self.email)["Enabled"])


@pytest.fixture
def fixture(cloud: ProvisionedStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RemovalFixture]:
    for name, value in cloud.services.environment().items():
        monkeypatch.setenv(name, value)
    target, function = resolve_target(f"t{uuid.uuid4().hex[:12]}", tmp_path), FakeLambda()
    target = replace(target, session=FakeSession(target.session, function))
    pool, email = cloud.outputs["UserPoolId"], f"{uuid.uuid4().hex}@tintype.example"
    settings.write(target, "id-secret", "a secret", secret=True)
    users.ensure_owner(target, pool, USERS["demo"].email)
    users.invite(target, pool, email)
    (owner,) = (owner for owner, each in users.list_owners(target, pool) if each == email)
    cognito = target.client("cognito-idp")
    yield RemovalFixture(target, function, cognito, pool, email, owner)
    with suppress(cognito.exceptions.UserNotFoundException):
        cognito.admin_delete_user(UserPoolId=pool, Username=email)


def test_user_is_disabled_before_tokens_are_refused(fixture: RemovalFixture) -> None:
    removal = fixture.find(fixture.email.upper(), photos="hand-over")
    fixture.run(removal)
    assert not fixture.is_enabled()
    (event,) = fixture.function.events
    heir = settings.read(fixture.target.client("ssm"), fixture.target.parameter_name("library-owner"))
    assert event["source"] == USER_REMOVAL_SOURCE == user_removal.EVENT_SOURCE
    assert event["detail"] == {"owner": fixture.owner, "photos": "hand-over", "heir": heir}
    fixture.run(removal)  # again


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
    assert fixture.function.events[0]["detail"]["owner"] == fixture.owner


def test_removal_calls_the_function_until_nothing_is_left(fixture: RemovalFixture) -> None:
    slices = [{"api_keys": 0, "photos": n, "postponed": 0, "is_complete": n == 3} for n in (5, 7, 3)]
    fixture.function.reports = list(slices)
    assert fixture.run(fixture.find(fixture.email, photos="delete")) == ["   5 photos", "   12 photos", "   15 photos"]
    assert len(fixture.function.events) == 3


def test_busy_photos_and_errors_of_the_function_end_with_one_line(fixture: RemovalFixture) -> None:
    fixture.function.reports = [{"api_keys": 0, "photos": 0, "postponed": 2, "is_complete": False}]
    with pytest.raises(UserError, match="2 photos are busy"):
        fixture.run(fixture.find(fixture.email, photos="delete"))
    for fixture.function.error, report in ((True, {"errorMessage": "no"}), (False, None)):
        fixture.function.reports = [report]
        with pytest.raises(UserError, match=f"make deploy STAGE={fixture.target.stage}"):
            fixture.run(fixture.find(fixture.email))


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
    assert fixture.function.events[0]["detail"]["photos"] == photos


@pytest.mark.parametrize("answer", ["", "n", "delete"])
def test_declined_command_changes_nothing(
    fixture: RemovalFixture, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(cli, "resolve_target", lambda *_: fixture.target)
    monkeypatch.setattr(cli, "_stack_outputs", lambda _: {"UserPoolId": fixture.pool})
    with pytest.raises(SystemExit, match="Nothing was changed"):
        cli.main(["remove-user", "--email", fixture.email, "--photos", "delete"], lambda _: answer, (3, 12))
    assert fixture.is_enabled()
    cli.main(["remove-user", "--email", fixture.email, "--yes", "1"], None, (3, 12))
    assert fixture.function.events[0]["detail"]["photos"] == "keep"
