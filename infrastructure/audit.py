"""The audit: whether anything that `make` installs, here or on AWS, has a vulnerability that is known. `make audit`.

pip-audit and npm ask their databases for every package of the lock files. A package of which nothing could be learned
is told as such, and never taken for sound: pip-audit ends in peace where its database knows none of them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
LOCKS = {"Python": "requirements-dev.txt", "Local cloud": "local/requirements.txt"}  # the first holds what ships, too
PYTHON = [
    *(sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"),
    *("--disable-pip", "--require-hashes", "--requirement"),
]
PAGE = ["npm", "--prefix", "web", "audit", "--json", "--fetch-retries", "0"]
VULNERABLE, UNKNOWN = 1, 2  # how the command ends; 0 where nothing is known against any package


@dataclass(frozen=True, slots=True)
class Report:
    """What one database says: of how many packages, what is known against them, and why that may not be all."""

    packages: int = 0
    known: tuple[str, ...] = ()
    missing: str = ""


def of_python(said: str) -> Report:
    """What pip-audit says in JSON; of nothing else could anything be learned."""
    told = _read(said)
    if told is None or "dependencies" not in told:
        return Report(missing="its database did not answer")
    asked = [one for one in told["dependencies"] if "skip_reason" not in one]
    skipped = [one["name"] for one in told["dependencies"] if "skip_reason" in one]
    known = tuple(
        f"{one['name']} {one['version']}: {found['id']}, {_mended(found['fix_versions'])}"
        for one in asked
        for found in one["vulns"]
    )
    if skipped and not asked:
        return Report(missing="its database knows none of the packages: it is not the public one")
    return Report(len(asked), known, f"nothing could be learned of {', '.join(skipped)}" if skipped else "")


def of_page(said: str) -> Report:
    """What npm says in JSON (auditReportVersion 2), or why it cannot."""
    told = _read(said)
    if told is None or "vulnerabilities" not in told:
        return Report(missing="its database did not answer")
    known = tuple(
        f"{name} {cause['range']}: {cause['url'].rpartition('/')[2]}, {cause['severity']}"
        for name, found in told["vulnerabilities"].items()
        for cause in found["via"]
        if isinstance(cause, dict)  # else a package that it comes from, which is told itself
    )
    return Report(told["metadata"]["dependencies"]["total"], known)


def lines(name: str, report: Report) -> Iterable[str]:
    """What a person reads of it."""
    if report.missing:
        yield f"{name}: not audited: {report.missing}. Try again where it can be reached."
    elif not report.known:
        yield f"{name}: {report.packages} packages, no known vulnerability"
    for known in report.known:
        yield f"{name}: {known}"


def ending(reports: Iterable[Report]) -> int:
    """How the command ends: what is known counts most, then what is not."""
    held = list(reports)
    if any(report.known for report in held):
        return VULNERABLE
    return UNKNOWN if any(report.missing for report in held) else 0


def main() -> None:
    """Ask for each lock file and tell."""
    reports = {name: of_python(_said([*PYTHON, lock])) for name, lock in LOCKS.items()}
    reports["Page"] = of_page(_said(PAGE))
    for name, report in reports.items():
        for line in lines(name, report):
            print(line)
    sys.exit(ending(reports.values()))


def _said(command: list[str]) -> str:
    """What the tool writes, however it ends; the page's tools come with this Python's environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    return ran.stdout


def _read(said: str) -> dict[str, Any] | None:
    try:
        told = json.loads(said)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _mended(versions: list[str]) -> str:
    return f"mended in {', '.join(versions)}" if versions else "no fix yet"


if __name__ == "__main__":
    main()
