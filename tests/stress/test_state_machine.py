"""The whole life of photos, in thousands of stories that nobody thought of."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.state_machine import Stories

MANY = settings(
    max_examples=2000, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.proof
def test_whatever_happens_to_a_library_it_is_in_order_at_any_moment_and_in_the_end() -> None:
    run_state_machine_as_test(Stories, settings=MANY)
