"""The deployment tests fail if a permission, an index or a variable is missing, and name it.

Each is removed from a copy of the project, in which the tests run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infrastructure.deploy.target import PROJECT
from tests.deployment.faults import CHALICE, COMMAND, EXPIRES_AT, PLUGIN
from tests.deployment.rehearsal import EMAIL, Rehearsal, rehearsal_target, run_cloud

pytestmark = [pytest.mark.deployment, pytest.mark.proof]

EXCLUDED = shutil.ignore_patterns(
    ".git", ".venv", ".venv-cloud", "node_modules", "dist", ".local", ".build", "__pycache__"
)
SYMLINKED = (".venv-cloud", "web/node_modules")
TRENDING = "test_trending[count]"


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """Services without a library."""
    with run_cloud(tmp_path / "cloud") as cloud_services:
        yield Rehearsal(cloud_services, rehearsal_target(tmp_path / "builds"))


DEPLOY = ("deploy", "--email", EMAIL, "--yes", "1", "--cdn", "no")


def test_command_and_chalice_repeat_throttled_calls(rehearsal: Rehearsal) -> None:
    result = rehearsal.command(*DEPLOY, **PLUGIN)
    assert result.returncode == 0, result.stdout + result.stderr
    assert rehearsal.get_json("/health")[0] == 200


def test_command_continues_after_credentials_expired_in_the_middle(rehearsal: Rehearsal) -> None:
    calls = [(COMMAND, number) for number in (1, 3, 10)] + [(CHALICE, number) for number in (1, 5, 20, 40)]
    for process, number in [*calls, (COMMAND, 60)]:
        result = rehearsal.command(*DEPLOY, **PLUGIN, **{EXPIRES_AT: f"{process} {number}"})
        assert result.returncode == 1, (process, number, result.stdout + result.stderr)
        (line,) = result.stderr.splitlines()
        assert re.search(r"\w+ failed \((ExpiredToken|400): .*: the credentials are expired or invalid", line), line
        assert "Traceback" not in result.stdout
        assert line.startswith("`chalice deploy`: ") == (process == CHALICE), line
    result = rehearsal.command(*DEPLOY)
    assert result.returncode == 0, result.stdout + result.stderr
    assert rehearsal.get_json("/health")[0] == 200


def remove_permission(policy: str, sid: str, action: str) -> Callable[[Path], None]:
    def remove(project: Path) -> None:
        path = project / ".chalice" / policy
        document = json.loads(path.read_text())
        (statement,) = (each for each in document["Statement"] if each["Sid"] == sid)
        statement["Action"].remove(action)
        if not statement["Action"]:  # IAM rejects a statement without actions
            document["Statement"].remove(statement)
        path.write_text(json.dumps(document))

    return remove


def remove_index(name: str) -> Callable[[Path], None]:
    def remove(project: Path) -> None:
        path = project / "infrastructure" / "core.yaml"
        text, count = re.subn(rf" {{8}}- IndexName: {name}\b.*\n( {{10}}.*\n)+", "", path.read_text())
        assert count == 1
        # A table without indexes has no GlobalSecondaryIndexes.
        path.write_text(re.sub(r" {6}GlobalSecondaryIndexes:\n(?! {8}- )", "", text))

    return remove


def remove_variable(name: str) -> Callable[[Path], None]:
    def remove(project: Path) -> None:
        path = project / "infrastructure" / "deploy" / "release.py"
        text, count = re.subn(r"\n    return variables\n", f'\n    del variables["{name}"]\\g<0>', path.read_text())
        assert count == 1
        path.write_text(text)

    return remove


@pytest.mark.parametrize(
    ("remove", "failed_test", "message"),
    [
        (
            remove_permission("policy-ingest.json", "Derivatives", "s3:PutObject"),
            "test_object_in_bucket_is_ingested",
            r"tintype-rehearsal-ingest_photo is not authorized to perform: s3:PutObject",
        ),
        (
            remove_permission("policy-sweep.json", "RecountAndReconciliation", "dynamodb:Scan"),
            "test_sweep",
            r"tintype-rehearsal-sweep is not authorized to perform: dynamodb:Scan",
        ),
        (
            remove_permission("policy-bundles.json", "BundlesTable", "dynamodb:UpdateItem"),
            "test_bundle",
            r"tintype-rehearsal-build_volume is not authorized to perform: dynamodb:UpdateItem",
        ),
        (
            remove_permission("policy-ingest.json", "Users", "cognito-idp:ListUsers"),
            "test_upload_without_a_record_returns_to_the_user_in_its_key",
            r"tintype-rehearsal-ingest_photo is not authorized to perform: cognito-idp:ListUsers",
        ),
        (
            remove_permission("policy-ingest.json", "Derivatives", "s3:GetObject"),
            "TestLabels::test_schedule_lets_ingest_find_pending_labels",
            r"tintype-rehearsal-ingest_photo is not authorized to perform: s3:GetObject",
        ),
        (remove_index("by_count"), TRENDING, r"The table does not have the specified index: by_count"),
        (
            remove_index("sampling"),
            "test_random",
            r"The table does not have the specified index: sampling",
        ),
        (
            remove_index("due"),
            "test_sweep",
            r"The table does not have the specified index: due",
        ),
        (remove_variable("TINTYPE_STAGE"), "test_health", r"TINTYPE_STAGE not configured"),
        (
            remove_variable("TINTYPE_BUNDLES_QUEUE"),
            "test_health",
            r"`chalice deploy` failed: .*TINTYPE_BUNDLES_QUEUE not configured",
        ),
    ],
    ids=["PutObject", "Scan", "UpdateItem", "ListUsers", "GetObject", "by_count", "sampling", "due", "stage", "queue"],
)
def test_removed_part_fails_a_test_naming_it(
    remove: Callable[[Path], None], failed_test: str, message: str, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=EXCLUDED)
    for name in SYMLINKED:
        (project / name).symlink_to((PROJECT / name).resolve())
    remove(project)
    result = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "--tb=short", "--basetemp", str(tmp_path / "run")),
            "tests/deployment/test_deploy.py",
        ],
        cwd=project,
        env={name: value for name, value in os.environ.items() if not name.startswith("TINTYPE_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stdout
    summary = result.stdout.partition("short test summary info")[2]
    assert re.search(
        rf"^(FAILED|ERROR) tests/deployment/test_deploy\.py::{re.escape(failed_test)}", summary, re.MULTILINE
    ), summary
    assert re.search(message, result.stdout), result.stdout
