"""A Hypothesis state machine: any sequence of operations on a library, with or without faults at their writes."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.library.photo import State
from chalicelib.library.transitions import TRASH_RETENTION
from tests.support.simulation import EDITS, Fault, Operation, Simulation

# Weighted by repetition: a run without delivered events tests little.
OPERATION_NAMES = [
    *(["drop"] * 4),
    *(["upload"] * 3),
    *(["deliver"] * 7),
    *(["edit", "trash", "restore", "add_to_album"] * 2),
    *["remove_from_album", "review", "delete_album"],
    *["delete", "undelete", "tag", "untag", "erase", "advance", "toggle_labeler", "move_labeler", "relabel"],
]
OPERATIONS = st.builds(Operation, st.sampled_from(OPERATION_NAMES), st.integers(0, 7), st.integers(0, len(EDITS) - 1))
FAULTS = st.builds(
    Fault, st.integers(0, 9), st.sampled_from(["before", "after"]), st.sampled_from(["kill", "error"]) | OPERATIONS
)


class LibraryStateMachine(RuleBasedStateMachine):
    """Checks the invariants after every step and once everything is settled."""

    def __init__(self) -> None:
        super().__init__()
        self.simulation = Simulation()

    @rule(operations=st.lists(OPERATIONS, min_size=1, max_size=6))
    def run_operations(self, operations: list[Operation]) -> None:
        for operation in operations:
            self.simulation.run(operation)

    @rule(operation=OPERATIONS, fault=FAULTS)
    def run_with_fault(self, operation: Operation, fault: Fault) -> None:
        self.simulation.run(operation, fault)

    @invariant()
    def has_no_violations(self) -> None:
        assert self.simulation.find_violations() == []

    def teardown(self) -> None:
        self.simulation.settle()
        assert self.simulation.find_leftovers() == []
        self.simulation.library.clock.advance(TRASH_RETENTION)
        self.simulation.settle()
        assert self.simulation.find_leftovers() == []
        assert State.TRASHED not in {photo.state for photo in self.simulation.library.photos.records.values()}
