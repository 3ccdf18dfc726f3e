from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.state_machine import LibraryStateMachine

# The same runs every time; tests/stress generates new ones.
SETTINGS = settings(max_examples=100, stateful_step_count=20, deadline=None, derandomize=True, database=None)


def test_library_invariants_hold_after_any_operations_and_faults() -> None:
    run_state_machine_as_test(LibraryStateMachine, settings=SETTINGS)
