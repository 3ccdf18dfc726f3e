"""The release: built in a separate folder and deployed by `chalice deploy`.

The `.chalice` folder in version control has no deployed stages. The build folder gets the app, its policies narrowed to
the library, and a configuration with the stage's environment variables and layer; Chalice keeps its state file and
package cache there, too. The fingerprint of the deployed release is a setting: the same release is not deployed again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infrastructure.deploy import aws_errors, chalice_state, policies, settings
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.layer_contents import runtime
from infrastructure.deploy.target import APP, PROJECT, Target

PACKAGED = ("app.py", "requirements.txt", "chalicelib")
# Chalice's `main` returns the exit code for some errors instead of exiting.
CHALICE_COMMAND = (sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())")
RETRIES = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "8"}  # those of Target.client
# Chalice imports the app before it packs the folder: with bytecode in it, it would not use the package that exists.
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}
CHALICE_DIRS = ("deployed", "deployments")
API_HANDLER = "api_handler"
INGEST_HANDLER = "ingest_photo"
INGEST_CONCURRENCY = 20  # more would conflict in their transactions on the totals; the rest waits in Lambda's queue
MIN_UNRESERVED = 100  # required by Lambda, which also allows no reservation in accounts with less
CONCURRENCY_QUOTA = "L-B99A9384"  # Lambda's "Concurrent executions"


@dataclass(frozen=True, slots=True)
class Options:
    """What differs between releases of the same code: the labeler, and the ARN of the layer that ingest gets, if any.

    `ingest_concurrency` is what is reserved for ingest; None if nothing is.
    """

    labels: str
    layer_arn: str = ""
    ingest_concurrency: int | None = None


def function_name(target: Target, handler: str) -> str:
    """Chalice's name of a handler's function."""
    return target.stack_name if handler == API_HANDLER else f"{target.stack_name}-{handler}"


def handlers() -> list[str]:
    """All handlers of the app."""
    return list(_config()["lambda_functions"])


def environment_variables(target: Target, outputs: Mapping[str, str], labels: str) -> dict[str, str]:
    """Environment variables of the functions; the app reads all other settings from the parameter store.

    The labeler is one of them so that it changes together with the layer and the policies that it needs.
    """
    variables = {
        "TINTYPE_STAGE": target.stage,
        "TINTYPE_ORIGINALS_BUCKET": outputs["OriginalsBucket"],
        "TINTYPE_LABELER": labels,
    }
    if "BundlesQueue" in outputs:
        variables["TINTYPE_BUNDLES_QUEUE"] = outputs["BundlesQueue"]
    return variables


def build(target: Target, outputs: Mapping[str, str], options: Options) -> str:
    """Build the release folder and return the release's fingerprint."""
    folder, chalice = target.build_dir, target.build_dir / ".chalice"
    chalice.mkdir(parents=True, exist_ok=True)
    for path in [*folder.iterdir(), *chalice.iterdir()]:
        if path.is_dir() and path.name not in (chalice.name, *CHALICE_DIRS):
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    for name in PACKAGED:
        _copy(name, folder)
    config = _config()
    config["stages"] = {
        target.stage: {
            "environment_variables": environment_variables(target, outputs, options.labels),
            "lambda_functions": _overrides(target, options),
        },
    }
    (chalice / "config.json").write_text(json.dumps(config, indent=2))
    for handler, function in config["lambda_functions"].items():
        policy = policies.for_labels(_policy(function), options.labels)
        scoped = policies.scope_policy(policy, target, function_name(target, handler), outputs["UserPoolId"])
        (chalice / function["iam_policy_file"]).write_text(json.dumps(scoped, indent=2))
    return _fingerprint(target)


def _overrides(target: Target, options: Options) -> dict[str, dict[str, Any]]:
    """The stage's options of the functions: only ingest has the layer, and the others know how to call it."""
    queue = {"environment_variables": {"TINTYPE_INGEST_FUNCTION": function_name(target, INGEST_HANDLER)}}
    ingest: dict[str, Any] = {"layers": [options.layer_arn] if options.layer_arn else []}
    if options.ingest_concurrency:
        ingest["reserved_concurrency"] = options.ingest_concurrency
    return dict.fromkeys(handlers(), queue) | {INGEST_HANDLER: ingest}


def package(target: Target) -> Path:
    """The functions' package, built by Chalice from the release folder for `deploy` to use; raises UserError."""
    from chalice.deploy.packager import DependencyBuilder, LambdaDeploymentPackager
    from chalice.utils import UI, OSUtils

    osutils = OSUtils()
    with (target.build_dir / "chalice.log").open("w") as log:
        packager = LambdaDeploymentPackager(osutils, DependencyBuilder(osutils), UI(log, log))
        path = Path(packager.deployment_package_filename(str(target.build_dir), runtime()))
        if path.exists() and not zipfile.is_zipfile(path):  # a deployment was interrupted while it was written
            path.unlink()
        try:
            packager.create_deployment_package(str(target.build_dir), runtime())
        except OSError:
            raise
        except Exception as error:  # Chalice's errors have no common class
            reason = " ".join(str(error).split()).rstrip(".")
            raise UserError(f"The package of the functions could not be built: {reason}; {aws_errors.AGAIN}") from error
    return path


def allowed_reservation(unreserved: int, reserved: int | None) -> int | None:
    """The concurrency to reserve for ingest, which has `reserved` now; None if the quota is too small."""
    if unreserved + (reserved or 0) - INGEST_CONCURRENCY >= MIN_UNRESERVED:
        return INGEST_CONCURRENCY
    return None


def concurrency_note(target: Target) -> str:
    """What to know about an account whose quota is too small to reserve concurrency, and how to ask for more."""
    quota = target.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    return (
        f"it runs at most {quota} functions at once, too few to limit ingest. While many photos are "
        "imported, ingest may take all of them, and the API then answers 503 with Retry-After. No photo is lost. "
        "To ask AWS for more, then deploy again: aws service-quotas request-service-quota-increase "
        f"--service-code lambda --quota-code {CONCURRENCY_QUOTA} --desired-value 1000 --region {target.region}"
    )


def reserved_concurrency(target: Target) -> int | None:
    """The concurrency to reserve for ingest in the target's account; None if the quota is too small."""
    client = target.client("lambda")
    unreserved = client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    try:
        current = client.get_function_concurrency(FunctionName=function_name(target, INGEST_HANDLER))
    except client.exceptions.ResourceNotFoundException:
        current = {}
    return allowed_reservation(unreserved, current.get("ReservedConcurrentExecutions"))


def is_deployed(target: Target, fingerprint: str) -> bool:
    """Whether this release is deployed completely."""
    path = target.parameter_name("release")
    return settings.read(target.client("ssm"), path) == fingerprint and chalice_state.api_id(target) is not None


def deploy(target: Target) -> None:
    """Run `chalice deploy` on the build folder; raises UserError if it fails."""
    settings.remove(target, "release")  # until the deployment is complete
    chalice_state.restore(target)
    run_chalice(target, "deploy")


def run_chalice(target: Target, command: str) -> None:
    """Run a Chalice command on the build folder; raises UserError if it fails."""
    log = target.build_dir / "chalice.log"
    with log.open("w") as output:
        result = subprocess.run(
            [*CHALICE_COMMAND, "--project-dir", str(target.build_dir), command, "--stage", target.stage],
            cwd=PROJECT,
            env={**os.environ, "AWS_DEFAULT_REGION": target.region, **RETRIES, **NO_BYTECODE},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode:
        output_text = log.read_text().strip()
        if cause := aws_errors.explain_log(output_text):
            raise UserError(f"`chalice {command}`: {cause} (see {log})")
        last_line = output_text.splitlines()[-1].strip() if output_text else "no output"
        raise UserError(f"`chalice {command}` failed: {last_line} (see {log}). Run this command again.")


def record_deployed(target: Target, fingerprint: str) -> None:
    """Record that this release is deployed completely."""
    settings.write(target, "release", fingerprint)


def _config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads((PROJECT / ".chalice" / "config.json").read_text())
    if config["app_name"] != APP:
        raise UserError(f"Invalid app_name {config['app_name']!r} in .chalice/config.json: it must be {APP!r}.")
    return config


def _policy(function: Mapping[str, str]) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads((PROJECT / ".chalice" / function["iam_policy_file"]).read_text())
    return policy


def _copy(name: str, folder: Path) -> None:
    source = PROJECT / name
    if source.is_dir():
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, folder)


def _fingerprint(target: Target) -> str:
    """A hash of the versions of Chalice and Python and of every file in the build folder except Chalice's own."""
    digest = hashlib.sha256(f"{version('chalice')} {sys.version_info[:2]}".encode())
    for path in sorted(target.build_dir.rglob("*")):
        relative = path.relative_to(target.build_dir)
        if path.is_file() and relative.name != "chalice.log" and not set(CHALICE_DIRS) & set(relative.parts):
            digest.update(f"{relative} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
