"""Commands whose calls AWS refuses: one line, never a traceback."""

import shutil
from errno import EACCES, ENOENT, ENOSPC
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from infrastructure.deploy import aws_errors, cli, release
from infrastructure.deploy.target import Target
from tests.support.aws_http import ACCOUNT, REGION, Answer, Call, error_answer, json_answer, new_session

ARGUMENTS = ("--stage", "prod", "--email", "me@example.org", "--yes", "1", "--photos", "keep")
SINCE = ("--since", "2026-11-27T03:00")


class FailingSession:
    """A session whose clients raise this error with every call."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def client(self, *_: Any, **__: Any) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        def fail(**_: Any) -> None:
            raise self.error

        return fail


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Some reason.\nSecond line."}}, "DescribeStacks")


@pytest.mark.parametrize("command", cli.COMMANDS)
@pytest.mark.parametrize(
    "error",
    [
        refused("ExpiredToken"),
        refused("AccessDenied"),
        refused("Throttling"),
        refused("LimitExceeded"),
        refused("AlreadyExistsException"),
        NoCredentialsError(),
        EndpointConnectionError(endpoint_url="https://cloudformation.eu-nowhere-1.amazonaws.com/"),
        ReadTimeoutError(endpoint_url="https://cloudformation.eu-central-1.amazonaws.com/"),
    ],
    ids=["expired", "denied", "throttled", "quota", "taken", "credentials", "region", "timeout"],
)
def test_error_of_a_call_ends_the_command_with_one_line(
    command: str, error: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    failing = Target("prod", ACCOUNT, REGION, "aws", FailingSession(error), tmp_path)
    monkeypatch.setattr(cli, "resolve_target", lambda *_: failing)
    with pytest.raises(SystemExit) as raised:
        cli.main([command, *ARGUMENTS, *SINCE])
    assert raised.value.code == aws_errors.explain(error)
    assert "\n" not in aws_errors.explain(error)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, EOFError])
def test_interruption_ends_the_command_with_one_line(
    interruption: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> Target:
        raise interruption

    monkeypatch.setattr(cli, "resolve_target", interrupt)
    with pytest.raises(SystemExit, match=r"^Interrupted: run this command again; it continues where it stopped\.$"):
        cli.main(["deploy", *ARGUMENTS])


@pytest.mark.parametrize("command", cli.COMMANDS)
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(ENOSPC, "No space left on device", "/b/app.py"), "[Errno 28] No space left on device: '/b/app.py'"),
        (PermissionError(EACCES, "Permission denied", "/b"), "[Errno 13] Permission denied: '/b'"),
        (FileNotFoundError(ENOENT, "No such file or directory", "npm"), "[Errno 2] No such file or directory: 'npm'"),
        (shutil.Error([("a", "/b/a", "[Errno 28] No\nspace."), ("c", "/b/c", "other")]), "[Errno 28] No space"),
        (shutil.Error("`/b` and `/b` are the same file"), "`/b` and `/b` are the same file"),
    ],
    ids=["full", "denied", "missing", "folder", "same"],
)
def test_error_of_the_system_ends_the_command_with_one_line(
    command: str, error: OSError, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Target:
        raise error

    monkeypatch.setattr(cli, "resolve_target", fail)
    with pytest.raises(SystemExit) as raised:
        cli.main([command, *ARGUMENTS, *SINCE])
    assert raised.value.code == f"{reason}: correct this, and run this command again; it continues where it stopped."


def test_builds_that_cannot_be_written_end_the_deployment_with_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    builds = tmp_path / "builds"
    builds.write_text("not a folder")
    target = Target("prod", ACCOUNT, REGION, "aws", SimpleNamespace(), builds)
    monkeypatch.setattr(cli, "_run", lambda *_: release.build(target, {}, release.Options("none")))
    with pytest.raises(SystemExit, match=r"^\[Errno \d+\] .*builds.*: correct this, and run this command again"):
        cli.main(["deploy", *ARGUMENTS])


@pytest.mark.parametrize(
    ("code", "advice"), [("InvalidClientTokenId", aws_errors.NOT_VALID), ("ExpiredToken", aws_errors.NOT_VALID)]
)
def test_refused_credentials_end_the_command_with_one_line(
    code: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_session(lambda call: error_answer(call, code, "The security token is invalid.", 403))
    monkeypatch.setattr("infrastructure.deploy.target.boto3.Session", lambda: session)
    with pytest.raises(SystemExit) as raised:
        cli.main(["deploy", *ARGUMENTS])
    assert raised.value.code == f"GetCallerIdentity failed ({code}: The security token is invalid): {advice}"


def test_throttled_calls_are_repeated_seven_times(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Call] = []

    def respond(call: Call) -> Answer:
        calls.append(call)
        if len(calls) % 8:
            return error_answer(call, "ThrottlingException", "Rate exceeded")
        return json_answer({"Parameter": {"Value": "v"}})

    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    client = Target("prod", ACCOUNT, REGION, "aws", new_session(respond), Path("builds")).client("ssm")
    assert client.get_parameter(Name="n")["Parameter"]["Value"] == "v"
    assert len(calls) == 8
