"""Stories of a library, drawn by hypothesis: any act at any time, undisturbed or with a fault at any of its writes."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.library.photo import State
from chalicelib.library.transitions import TRASH_RETENTION
from tests.support.simulation import EDITS, Act, Fault, Life

# As often as they stand here: a story in which nothing arrives tells little.
ACTS = [
    *(["drop"] * 4),
    *(["receive"] * 3),
    *(["deliver"] * 7),
    *(["edit", "trash", "restore"] * 2),
    *["delete", "undelete", "tag", "untag", "erase", "turn", "mend"],
]
ACT = st.builds(Act, st.sampled_from(ACTS), st.integers(0, 7), st.integers(0, len(EDITS) - 1))
FAULT = st.builds(
    Fault, st.integers(0, 9), st.sampled_from(["before", "after"]), st.sampled_from(["dies", "fails"]) | ACT
)


class Stories(RuleBasedStateMachine):
    """All is well at any moment, and in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @rule(acts=st.lists(ACT, min_size=1, max_size=6))
    def undisturbed(self, acts: list[Act]) -> None:
        for act in acts:
            self.life.happens(act)

    @rule(act=ACT, fault=FAULT)
    def disturbed(self, act: Act, fault: Fault) -> None:
        self.life.happens(act, fault)

    @invariant()
    def all_is_well(self) -> None:
        assert self.life.wrong_at_any_moment() == []

    def teardown(self) -> None:
        self.life.settle()
        assert self.life.left_over() == []
        self.life.library.clock.turn(TRASH_RETENTION)
        self.life.settle()
        assert self.life.left_over() == []
        assert State.TRASHED not in {photo.state for photo in self.life.library.photos.records.values()}
