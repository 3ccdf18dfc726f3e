"""`make audit`: checks every installed package for known vulnerabilities.

pip-audit and npm look up the packages of the lock files in their databases. Packages that could not be looked up are
reported and never count as safe: pip-audit itself exits with 0 if its database knows none of them.
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
LOCKS = {"Python": "requirements-dev.txt", "MiniStack": "local/requirements.txt"}  # the first includes requirements.txt
PIP_AUDIT = [
    *(sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"),
    *("--disable-pip", "--require-hashes", "--requirement"),
]
NPM_AUDIT = ["npm", "--prefix", "web", "audit", "--json", "--fetch-retries", "0"]
VULNERABLE, INCOMPLETE = 1, 2  # exit codes


@dataclass(frozen=True, slots=True)
class Report:
    """The audit of one lock file: number of packages, vulnerabilities, and why it is incomplete, if it is."""

    packages: int = 0
    vulnerabilities: tuple[str, ...] = ()
    incomplete: str = ""


def parse_pip_audit(output: str) -> Report:
    """The report of pip-audit's JSON output."""
    parsed = _parse_json(output)
    if parsed is None or "dependencies" not in parsed:
        return Report(incomplete="the vulnerability database is unreachable")
    audited = [each for each in parsed["dependencies"] if "skip_reason" not in each]
    skipped = [each["name"] for each in parsed["dependencies"] if "skip_reason" in each]
    vulnerabilities = tuple(
        f"{package['name']} {package['version']}: {vulnerability['id']}, {_fix(vulnerability['fix_versions'])}"
        for package in audited
        for vulnerability in package["vulns"]
    )
    if skipped and not audited:
        return Report(incomplete="the package index in use has no vulnerability data")
    return Report(len(audited), vulnerabilities, f"no data for {', '.join(skipped)}" if skipped else "")


def parse_npm_audit(output: str) -> Report:
    """The report of npm's JSON output (auditReportVersion 2)."""
    parsed = _parse_json(output)
    if parsed is None or "vulnerabilities" not in parsed:
        return Report(incomplete="the vulnerability database is unreachable")
    vulnerabilities = tuple(
        f"{name} {cause['range']}: {cause['url'].rpartition('/')[2]}, {cause['severity']}"
        for name, vulnerability in parsed["vulnerabilities"].items()
        for cause in vulnerability["via"]
        if isinstance(cause, dict)  # else the name of a vulnerable dependency, which has its own entry
    )
    return Report(parsed["metadata"]["dependencies"]["total"], vulnerabilities)


def format_report(name: str, report: Report) -> Iterable[str]:
    """The report as lines of text."""
    if report.incomplete:
        yield f"{name}: audit incomplete: {report.incomplete}. Run it again with access to the public database."
    elif not report.vulnerabilities:
        yield f"{name}: {report.packages} packages, no known vulnerabilities"
    for vulnerability in report.vulnerabilities:
        yield f"{name}: {vulnerability}"


def exit_code(reports: Iterable[Report]) -> int:
    """The exit code: VULNERABLE before INCOMPLETE before 0."""
    all_reports = list(reports)
    if any(report.vulnerabilities for report in all_reports):
        return VULNERABLE
    return INCOMPLETE if any(report.incomplete for report in all_reports) else 0


def main() -> None:
    """Audit every lock file and print the reports."""
    reports = {name: parse_pip_audit(_run([*PIP_AUDIT, lock])) for name, lock in LOCKS.items()}
    reports["Page"] = parse_npm_audit(_run(NPM_AUDIT))
    for name, report in reports.items():
        for line in format_report(name, report):
            print(line)
    sys.exit(exit_code(reports.values()))


def _run(command: list[str]) -> str:
    """The tool's standard output, whatever its exit code; npm is in this Python's environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    return result.stdout


def _parse_json(output: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(output)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _fix(versions: list[str]) -> str:
    return f"fixed in {', '.join(versions)}" if versions else "no fix yet"


if __name__ == "__main__":
    main()
