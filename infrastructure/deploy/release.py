"""The release: what is deployed, put together in a folder of its own, and `chalice deploy` run on it.

The tracked `.chalice` knows no stage of yours. The folder gets the app, its policies drawn in to this place, and a
configuration with the stage's environment; beside them Chalice keeps its record and its cache of packages. The
release's fingerprint is kept as a setting once it is deployed: the same one is not deployed again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from infrastructure.deploy import chalice_state, policies, settings
from infrastructure.deploy.errors import Problem
from infrastructure.deploy.target import APP, PROJECT, Place

SHIPPED = ("app.py", "requirements.txt", "chalicelib")
# Its `main` returns how it ended where it did not end by itself.
CHALICE = (sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())")
CHALICES_OWN = ("deployed", "deployments")
API = "api_handler"
INGEST = "ingest_photo"
INGEST_AT_ONCE = 20  # their transactions meet on the totals; the rest waits in Lambda's own queue
LEFT_UNRESERVED = 100  # AWS insists on it


def function_name(place: Place, handler: str) -> str:
    """The name that Chalice gives a handler's function."""
    return place.stack if handler == API else f"{place.stack}-{handler}"


def handlers() -> list[str]:
    """Every function of the app, by its handler."""
    return list(_config()["lambda_functions"])


def environment(place: Place, outputs: Mapping[str, str]) -> dict[str, str]:
    """What the app's decorators are told; it reads everything else from its settings."""
    told = {"TINTYPE_STAGE": place.stage, "TINTYPE_ORIGINALS_BUCKET": outputs["OriginalsBucket"]}
    if "BundlesQueue" in outputs:
        told["TINTYPE_BUNDLES_QUEUE"] = outputs["BundlesQueue"]
    return told


def build(place: Place, outputs: Mapping[str, str], reserved: int | None) -> str:
    """Put the folder together anew and return the release's fingerprint."""
    folder, chalice = place.building, place.building / ".chalice"
    chalice.mkdir(parents=True, exist_ok=True)
    for path in [*folder.iterdir(), *chalice.iterdir()]:
        if path.is_dir() and path.name not in (chalice.name, *CHALICES_OWN):
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    for name in SHIPPED:
        _copy(name, folder)
    config = _config()
    own = {INGEST: {"reserved_concurrency": reserved}} if reserved else {}
    config["stages"] = {
        place.stage: {"environment_variables": environment(place, outputs), "lambda_functions": own},
    }
    (chalice / "config.json").write_text(json.dumps(config, indent=2))
    for handler, told in config["lambda_functions"].items():
        policy = json.loads((PROJECT / ".chalice" / told["iam_policy_file"]).read_text())
        narrow = policies.scoped(policy, place, function_name(place, handler))
        (chalice / told["iam_policy_file"]).write_text(json.dumps(narrow, indent=2))
    return _fingerprint(place)


def reservable(unreserved: int, held: int | None) -> int | None:
    """How many ingests may be reserved, `held` of them already; None where the account's quota leaves too few."""
    if unreserved + (held or 0) - INGEST_AT_ONCE >= LEFT_UNRESERVED:
        return INGEST_AT_ONCE
    return None


def reserved(place: Place) -> int | None:
    """How many ingests this account lets us reserve."""
    client = place.client("lambda")
    limit = client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    try:
        held = client.get_function_concurrency(FunctionName=function_name(place, INGEST))
    except client.exceptions.ResourceNotFoundException:
        held = {}
    return reservable(limit, held.get("ReservedConcurrentExecutions"))


def deployed(place: Place, fingerprint: str) -> bool:
    """Whether this very release stands there, whole."""
    path = place.parameter("release")
    return settings.read(place.client("ssm"), path) == fingerprint and chalice_state.api_id(place) is not None


def deploy(place: Place) -> None:
    """Run `chalice deploy` on the folder; raises Problem where it does not come to its end."""
    settings.remove(place, "release")  # whatever stands there, from here on it is not known to be whole
    chalice_state.restore(place)
    chalice(place, "deploy")


def chalice(place: Place, what: str) -> None:
    """Run Chalice's own tool on the folder; raises Problem where it does not come to its end."""
    log = place.building / "chalice.log"
    with log.open("w") as out:
        ran = subprocess.run(
            [*CHALICE, "--project-dir", str(place.building), what, "--stage", place.stage],
            cwd=PROJECT,
            env={**os.environ, "AWS_DEFAULT_REGION": place.region},
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ran.returncode:
        lines = log.read_text().strip().splitlines() or ["it said nothing"]
        raise Problem(f"`chalice {what}` failed: {lines[-1].strip()} (all of it: {log}). Run this again.")


def done(place: Place, fingerprint: str) -> None:
    """Note that this release stands there, whole."""
    settings.write(place, "release", fingerprint)


def _config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads((PROJECT / ".chalice" / "config.json").read_text())
    if config["app_name"] != APP:
        raise Problem(f"app_name in .chalice/config.json is {config['app_name']}; what is deployed here is {APP}.")
    return config


def _copy(name: str, folder: Any) -> None:
    source = PROJECT / name
    if source.is_dir():
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, folder)


def _fingerprint(place: Place) -> str:
    """A hash over every file of the folder that is ours, and over what deploys it."""
    told = hashlib.sha256(f"{version('chalice')} {sys.version_info[:2]}".encode())
    for path in sorted(place.building.rglob("*")):
        inner = path.relative_to(place.building)
        if path.is_file() and inner.name != "chalice.log" and not set(CHALICES_OWN) & set(inner.parts):
            told.update(f"{inner} {path.stat().st_size}\n".encode())
            told.update(path.read_bytes())
    return told.hexdigest()[:16]
