"""The patch needs Hypercorn, which runs in MiniStack's environment."""

import pytest

from tests.support.cloud_environment import run_in_cloud_environment

pytestmark = pytest.mark.cloud


def test_client_that_reads_nothing_is_disconnected() -> None:
    run_in_cloud_environment(f"{__package__}.stalled_reader")
