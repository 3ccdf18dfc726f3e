"""Lighthouse on a library of two hundred photos: performance, accessibility and best practices."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

import pytest

from local import chromium
from local.demo.drawing import SCENES
from local.demo.upload import upload_demo_photos, wait_until_public
from local.library import Library, run_library
from local.ports import Ports, free_ports

pytestmark = [pytest.mark.browser, pytest.mark.proof]

HERE = Path(__file__).parents[1] / "lighthouse"
PHOTOS = 200
NOW = datetime(2026, 11, 20, tzinfo=UTC)
LEAST = 0.95
RUNS = 5
MINUTES = 10


@pytest.fixture(scope="module")
def large_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with at least two hundred public demo photos of one year."""
    with run_library(tmp_path_factory.mktemp("two-hundred"), Ports(*free_ports(3))) as library:
        wait_until_public(
            library,
            upload_demo_photos(
                library.data_dir.root, library.ports, Random(200), NOW, per_scene=ceil(PHOTOS / len(SCENES))
            ),
        )
        yield library


@pytest.mark.parametrize("form", ["mobile", "desktop"])
@pytest.mark.parametrize("view", ["", "?tag=beach"], ids=["timeline", "tag"])
def test_lighthouse_scores_are_high(large_library: Library, form: str, view: str) -> None:
    result = measure(large_library.page_url + view, form)
    print(f"\n{form}, {view or 'timeline'}: {result['scores']} {result['times']}")  # noqa: T201 (the proof's record)
    assert {name: score for name, score in result["scores"].items() if score < LEAST} == {}, result


def measure(address: str, form: str) -> dict[str, Any]:
    """Lighthouse's scores and times, as the median of some runs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.run(
        [shutil.which("node", path=path) or "node", "measure.mjs", address, form, str(RUNS)],
        cwd=HERE,
        env=os.environ | {"PATH": path, "CHROME_PATH": chromium.find()},
        capture_output=True,
        text=True,
        timeout=MINUTES * 60,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    found: dict[str, Any] = json.loads(process.stdout)
    return found
