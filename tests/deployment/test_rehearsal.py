"""The rehearsal itself: it fails where one permission, one index or one variable is taken away, and says which.

Each is taken from a copy of the project, and the rehearsal is run there.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infrastructure.deploy.target import PROJECT

pytestmark = [pytest.mark.deployment, pytest.mark.proof]

LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", ".venv-cloud", "node_modules", "dist", ".local", ".build", "__pycache__"
)
LINKED = (".venv-cloud", "web/node_modules")
BY_COUNT = "test_a_tag_is_trending_through_the_deployed_api[count]"


def permission(policy: str, sid: str, action: str) -> Callable[[Path], None]:
    def take(project: Path) -> None:
        path = project / ".chalice" / policy
        told = json.loads(path.read_text())
        (statement,) = (held for held in told["Statement"] if held["Sid"] == sid)
        statement["Action"].remove(action)
        if not statement["Action"]:  # IAM takes no statement of none
            told["Statement"].remove(statement)
        path.write_text(json.dumps(told))

    return take


def index(name: str) -> Callable[[Path], None]:
    def take(project: Path) -> None:
        path = project / "infrastructure" / "core.yaml"
        text, taken = re.subn(rf" {{8}}- IndexName: {name}\b.*\n( {{10}}.*\n)+", "", path.read_text())
        assert taken == 1
        # A table without any index has no list of them.
        path.write_text(re.sub(r" {6}GlobalSecondaryIndexes:\n(?! {8}- )", "", text))

    return take


def variable(name: str) -> Callable[[Path], None]:
    def take(project: Path) -> None:
        path = project / "infrastructure" / "deploy" / "release.py"
        text, taken = re.subn(r"\n    return told\n", f'\n    del told["{name}"]\\g<0>', path.read_text())
        assert taken == 1
        path.write_text(text)

    return take


@pytest.mark.parametrize(
    ("take", "failed", "said"),
    [
        (
            permission("policy-ingest.json", "Derivatives", "s3:PutObject"),
            "test_an_object_put_into_the_bucket_is_ingested_by_the_deployed_function",
            r"tintype-rehearsal-ingest_photo is not authorized to perform: s3:PutObject",
        ),
        (
            permission("policy-sweep.json", "RecountAndInventory", "dynamodb:Scan"),
            "test_the_deployed_sweep_may_do_all_it_does",
            r"tintype-rehearsal-sweep is not authorized to perform: dynamodb:Scan",
        ),
        (
            permission("policy-bundles.json", "Progress", "dynamodb:UpdateItem"),
            "test_photos_are_taken_away_through_the_deployed_api",
            r"tintype-rehearsal-build_volume is not authorized to perform: dynamodb:UpdateItem",
        ),
        (index("by_count"), BY_COUNT, r"The table does not have the specified index: by_count"),
        (
            index("sampling"),
            "test_a_random_picture_comes_through_the_deployed_api",
            r"The table does not have the specified index: sampling",
        ),
        (
            index("due"),
            "test_the_deployed_sweep_may_do_all_it_does",
            r"The table does not have the specified index: due",
        ),
        (variable("TINTYPE_STAGE"), "test_the_deployed_api_is_healthy", r"TINTYPE_STAGE not configured"),
        (
            variable("TINTYPE_BUNDLES_QUEUE"),
            "test_the_deployed_api_is_healthy",
            r"`chalice deploy` failed: .*TINTYPE_BUNDLES_QUEUE not configured",
        ),
    ],
    ids=["PutObject", "Scan", "UpdateItem", "by_count", "sampling", "due", "stage", "queue"],
)
def test_the_rehearsal_names_what_was_taken_away(
    take: Callable[[Path], None], failed: str, said: str, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=LEFT_BEHIND)
    for name in LINKED:
        (project / name).symlink_to((PROJECT / name).resolve())
    take(project)
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "--tb=short", "--basetemp", str(tmp_path / "run")),
            "tests/deployment/test_deploy.py",
        ],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout
    summary = ran.stdout.partition("short test summary info")[2]
    assert re.search(
        rf"^(FAILED|ERROR) tests/deployment/test_deploy\.py::{re.escape(failed)}", summary, re.MULTILINE
    ), summary
    assert re.search(said, ran.stdout), ran.stdout
