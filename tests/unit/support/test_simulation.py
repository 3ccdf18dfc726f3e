from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.state_machine import Stories

# The same stories at every run; `tests/proof` tells new ones.
FEW = settings(max_examples=100, stateful_step_count=20, deadline=None, derandomize=True, database=None)


def test_whatever_happens_to_a_library_it_is_in_order_at_any_moment_and_in_the_end() -> None:
    run_state_machine_as_test(Stories, settings=FEW)
