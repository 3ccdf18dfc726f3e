"""Audit reports from the JSON output of pip-audit and npm."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from infrastructure import audit
from infrastructure.audit import (
    INCOMPLETE,
    PROJECT,
    VULNERABLE,
    Report,
    exit_code,
    format_report,
    parse_npm_audit,
    parse_pip_audit,
)

SAFE = {"name": "idna", "version": "3.20", "vulns": []}
VULNERABLE_PACKAGE = {
    "name": "flask",
    "version": "0.5",
    "vulns": [
        {
            "id": "PYSEC-2019-179",
            "fix_versions": ["1.0"],
            "aliases": ["CVE-2019-1010083"],
            "description": "",
        },
        {"id": "PYSEC-2018-66", "fix_versions": [], "aliases": [], "description": ""},
    ],
}
SKIPPED = {"name": "ours", "skip_reason": "Dependency not found on PyPI and could not be audited: ours (1.0)"}


def pip_report(*dependencies: Any) -> Report:
    return parse_pip_audit(json.dumps({"dependencies": dependencies, "fixes": []}))


def npm_report(**vulnerabilities: Any) -> Report:
    counted = {"dependencies": {"prod": 20, "dev": 160, "total": 180}}
    return parse_npm_audit(
        json.dumps({"auditReportVersion": 2, "vulnerabilities": vulnerabilities, "metadata": counted})
    )


def test_safe_packages_are_counted() -> None:
    assert list(format_report("Python", pip_report(SAFE, SAFE))) == ["Python: 2 packages, no known vulnerabilities"]
    assert list(format_report("Page", npm_report())) == ["Page: 180 packages, no known vulnerabilities"]
    assert exit_code([pip_report(SAFE), npm_report()]) == 0


def test_each_vulnerability_is_listed_with_its_fix() -> None:
    assert list(format_report("Python", pip_report(SAFE, VULNERABLE_PACKAGE))) == [
        "Python: flask 0.5: PYSEC-2019-179, fixed in 1.0",
        "Python: flask 0.5: PYSEC-2018-66, no fix yet",
    ]
    assert exit_code([pip_report(VULNERABLE_PACKAGE), npm_report()]) == VULNERABLE


def test_npm_report_lists_cause_and_not_dependents() -> None:
    url = "https://github.com/advisories/GHSA-c2qf-rxjj-qqgw"
    cause = {"source": 1, "name": "semver", "title": "ReDoS", "url": url, "severity": "high", "range": "<5.7.2"}
    vulnerable = npm_report(semver={"severity": "high", "via": [cause]}, parent={"severity": "high", "via": ["semver"]})
    assert list(format_report("Page", vulnerable)) == ["Page: semver <5.7.2: GHSA-c2qf-rxjj-qqgw, high"]
    assert exit_code([pip_report(SAFE), vulnerable]) == VULNERABLE


@pytest.mark.parametrize(
    "incomplete",
    [
        parse_pip_audit(""),
        parse_pip_audit("a traceback"),
        pip_report(SKIPPED),
        pip_report(SAFE, SKIPPED),
        parse_npm_audit(""),
        parse_npm_audit(json.dumps({"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": ""}})),
    ],
    ids=str,
)
def test_unavailable_data_makes_audit_incomplete(incomplete: Report) -> None:
    (line,) = format_report("It", incomplete)
    assert line.startswith("It: audit incomplete: ")
    assert exit_code([pip_report(SAFE), incomplete, npm_report()]) == INCOMPLETE
    assert exit_code([incomplete, pip_report(VULNERABLE_PACKAGE)]) == VULNERABLE


def test_vulnerabilities_are_listed_in_incomplete_report() -> None:
    lines = list(format_report("Python", pip_report(VULNERABLE_PACKAGE, SKIPPED)))
    assert lines[0].startswith("Python: audit incomplete: no data for ours.")
    assert len(lines) == 3


def test_command_without_network_reports_each_audit_as_incomplete() -> None:
    unreachable = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    result = subprocess.run(
        [sys.executable, "-m", "infrastructure.audit"],
        cwd=PROJECT,
        env={**os.environ, **unreachable, "no_proxy": "", "NO_PROXY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (INCOMPLETE, "")
    lines = result.stdout.splitlines()
    assert lines == [
        f"{name}: audit incomplete: the vulnerability database is unreachable. "
        "Run it again with access to the public database."
        for name in (*audit.LOCKS, "Page")
    ]
