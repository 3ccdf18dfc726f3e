"""What a person reads of an audit, by what pip-audit and npm write in JSON."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from infrastructure import audit
from infrastructure.audit import PROJECT, UNKNOWN, VULNERABLE, Report, ending, lines, of_page, of_python

SOUND = {"name": "idna", "version": "3.20", "vulns": []}
WEAK = {
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


def python(*dependencies: Any) -> Report:
    return of_python(json.dumps({"dependencies": dependencies, "fixes": []}))


def page(**vulnerabilities: Any) -> Report:
    counted = {"dependencies": {"prod": 20, "dev": 160, "total": 180}}
    return of_page(json.dumps({"auditReportVersion": 2, "vulnerabilities": vulnerabilities, "metadata": counted}))


def test_nothing_is_known_against_any_package() -> None:
    assert list(lines("Python", python(SOUND, SOUND))) == ["Python: 2 packages, no known vulnerability"]
    assert list(lines("Page", page())) == ["Page: 180 packages, no known vulnerability"]
    assert ending([python(SOUND), page()]) == 0


def test_each_vulnerability_is_a_line_with_what_mends_it() -> None:
    assert list(lines("Python", python(SOUND, WEAK))) == [
        "Python: flask 0.5: PYSEC-2019-179, mended in 1.0",
        "Python: flask 0.5: PYSEC-2018-66, no fix yet",
    ]
    assert ending([python(WEAK), page()]) == VULNERABLE


def test_of_the_page_the_cause_is_told_and_not_what_it_comes_with() -> None:
    url = "https://github.com/advisories/GHSA-c2qf-rxjj-qqgw"
    cause = {"source": 1, "name": "semver", "title": "ReDoS", "url": url, "severity": "high", "range": "<5.7.2"}
    weak = page(semver={"severity": "high", "via": [cause]}, parent={"severity": "high", "via": ["semver"]})
    assert list(lines("Page", weak)) == ["Page: semver <5.7.2: GHSA-c2qf-rxjj-qqgw, high"]
    assert ending([python(SOUND), weak]) == VULNERABLE


@pytest.mark.parametrize(
    "nothing",
    [
        of_python(""),
        of_python("a traceback"),
        python(SKIPPED),
        python(SOUND, SKIPPED),
        of_page(""),
        of_page(json.dumps({"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": ""}})),
    ],
    ids=str,
)
def test_what_could_not_be_asked_is_not_sound(nothing: Report) -> None:
    (line,) = lines("It", nothing)
    assert line.startswith("It: not audited: ")
    assert ending([python(SOUND), nothing, page()]) == UNKNOWN
    assert ending([nothing, python(WEAK)]) == VULNERABLE


def test_what_is_known_is_told_beside_what_is_not() -> None:
    told = list(lines("Python", python(WEAK, SKIPPED)))
    assert told[0].startswith("Python: not audited: nothing could be learned of ours.")
    assert len(told) == 3


def test_without_a_network_the_command_says_so_in_a_line_for_each_and_fails() -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    ran = subprocess.run(
        [sys.executable, "-m", "infrastructure.audit"],
        cwd=PROJECT,
        env={**os.environ, **nowhere, "no_proxy": "", "NO_PROXY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (UNKNOWN, "")
    told = ran.stdout.splitlines()
    assert told == [
        f"{name}: not audited: its database did not answer. Try again where it can be reached."
        for name in (*audit.LOCKS, "Page")
    ]
