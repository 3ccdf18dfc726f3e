"""Pearson's chi-square test: whether draws follow their weights."""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import erfc, sqrt

# The chi-square approximation requires this many expected draws per cell (Cochran 1954).
MIN_EXPECTED_PER_CELL = 5


def p_value(drawn: Counter[str], weights: Mapping[str, float]) -> float:
    """The probability of draws at least this far from the weights; rarely expected items share a cell."""
    assert drawn.keys() <= weights.keys()
    draws, whole = drawn.total(), sum(weights.values())
    expected = {name: draws * weight / whole for name, weight in weights.items()}
    cells = list(_cells(expected, drawn))
    square = sum((seen - due) ** 2 / due for due, seen in cells)
    return upper_tail(square, len(cells) - 1)


def upper_tail(square: float, freedom: int) -> float:
    """P(chi-square of this many degrees of freedom > square), after Wilson and Hilferty (1931)."""
    share = 2 / (9 * freedom)
    return erfc(((square / freedom) ** (1 / 3) - 1 + share) / sqrt(2 * share)) / 2


def _cells(expected: Mapping[str, float], drawn: Counter[str]) -> Iterator[tuple[float, int]]:
    """(expected, observed) of each cell, the rarest items merged."""
    due, seen, left = 0.0, 0, sum(expected.values())
    for name in sorted(expected, key=lambda name: expected[name]):
        due, seen, left = due + expected[name], seen + drawn[name], left - expected[name]
        if due >= MIN_EXPECTED_PER_CELL and left >= MIN_EXPECTED_PER_CELL:
            yield due, seen
            due, seen = 0.0, 0
    yield due, seen
