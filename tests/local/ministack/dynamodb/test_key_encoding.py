from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.ministack.dynamodb.key_encoding import after_prefix, begin_key, encode_key, encode_number

digits = st.integers(-(10**38) + 1, 10**38 - 1)
numbers = st.builds(lambda figures, exponent: f"{figures}e{exponent}", digits, st.integers(-92, 88))
texts = st.text(max_size=8)


def compare(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


@given(numbers, numbers)
def test_numbers_sort_by_value(left: str, right: str) -> None:
    assert compare(encode_number(left), encode_number(right)) == compare(Decimal(left), Decimal(right))


@pytest.mark.parametrize(
    "ascending",
    [
        ("-9.9e125", "-100", "-10.5", "-10", "-1.5", "-1", "-0.15", "-0.1", "-1e-130", "0"),
        ("0", "1e-130", "0.1", "0.15", "1", "1.5", "10", "10.5", "100", "9" * 38, "9.9e125"),
    ],
)
def test_order_of_numbers(ascending: tuple[str, ...]) -> None:
    encoded = [encode_number(text) for text in ascending]
    assert encoded == sorted(set(encoded))


@pytest.mark.parametrize(
    "equal", [("1", "1.0", "+1", "1e0", "0.1E1", "001"), ("0", "-0", "0.00", "0e5"), ("-1500", "-1.5e3")]
)
def test_equal_numbers_have_one_encoding(equal: tuple[str, ...]) -> None:
    assert len({encode_number(text) for text in equal}) == 1


@given(st.tuples(texts, texts), st.tuples(texts, texts))
def test_keys_sort_by_their_values_in_turn(left: tuple[str, str], right: tuple[str, str]) -> None:
    encoded = [encode_key([{"S": text} for text in values]) for values in (left, right)]
    expected = compare(*([text.encode() for text in values] for values in (left, right)))
    assert compare(*encoded) == expected


@given(texts, texts)
def test_prefix_range_holds_what_starts_with_it(prefix: str, text: str) -> None:
    first = begin_key({"S": prefix})
    key = encode_key([{"S": text}])
    in_range = first <= key and (not prefix or key < after_prefix(first))
    assert in_range == text.startswith(prefix)


def test_binary_keys_sort_by_bytes() -> None:
    ascending = ["AA==", "AAA=", "AP8=", "AQ==", "/w==", "/wA="]  # 00, 00 00, 00 ff, 01, ff, ff 00
    encoded = [encode_key([{"B": text}]) for text in ascending]
    assert encoded == sorted(set(encoded))


def test_other_types_are_no_keys() -> None:
    with pytest.raises(ValueError, match="BOOL"):
        encode_key([{"BOOL": "true"}])
