"""The chi-square test against published tables and biased draws."""

from collections import Counter
from random import Random

import pytest

from tests.support.chi_square import p_value, upper_tail


@pytest.mark.parametrize(
    ("square", "degrees", "p"),
    [(18.307, 10, 0.05), (29.588, 10, 0.001), (43.773, 30, 0.05), (149.449, 100, 0.001), (95.0, 100, 0.6225)],
)
def test_upper_tail_matches_published_tables(square: float, degrees: int, p: float) -> None:
    assert upper_tail(square, degrees) == pytest.approx(p, rel=0.08)


def test_p_value_accepts_fair_and_rejects_biased_draws() -> None:
    rng = Random(7)
    weights = {str(n): 1 + n % 3 for n in range(60)} | {"rare": 0.001}
    fair = Counter(rng.choices(list(weights), list(weights.values()), k=20_000))
    biased = Counter(rng.choices(list(weights), [weight**1.4 for weight in weights.values()], k=20_000))
    assert p_value(fair, weights) > 0.01
    assert p_value(biased, weights) < 1e-6


def test_draws_of_nearly_impossible_items_lower_the_p_value() -> None:
    weights = {str(n): 1.0 for n in range(20)} | {f"never {n}": 1e-9 for n in range(20)}
    drawn = Counter({str(n): 50 for n in range(20)}) + Counter({f"never {n}": 5 for n in range(20)})
    assert p_value(drawn, weights) < 1e-6
