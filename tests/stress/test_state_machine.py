"""The library state machine over thousands of generated runs."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.state_machine import LibraryStateMachine

SETTINGS = settings(
    max_examples=2000, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.proof
def test_library_invariants_hold_after_any_operations_and_faults() -> None:
    run_state_machine_as_test(LibraryStateMachine, settings=SETTINGS)
