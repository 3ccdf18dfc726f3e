"""A pytest plugin for `make test`: one line per suite instead of one dot per test. Failures are reported as usual."""

from collections import Counter, defaultdict

import pytest


def pytest_sessionstart(session: pytest.Session) -> None:
    """Silence "bringing up nodes"."""
    if reporter := session.config.pluginmanager.get_plugin("terminaldistreporter"):
        reporter.ensure_show_status = lambda: None


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Print nothing for a test that passed or was skipped."""
    if report.skipped or (report.passed and report.when == "call"):
        return report.outcome, "", ""
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each suite's outcomes and the seconds of all its tests together."""
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    seconds: dict[str, float] = defaultdict(float)
    for category, reports in terminalreporter.stats.items():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                suite = report.nodeid.split("/")[1]
                seconds[suite] += report.duration
                outcomes[suite][category] += bool(category)
    for suite, counts in sorted(outcomes.items()):
        text = ", ".join(f"{count} {category}" for category, count in counts.items() if count)
        terminalreporter.write_line(f"{suite:16}{text} ({seconds[suite]:.0f} s)")
