import pytest

from local.ministack.dynamodb.key_conditions import EVERYTHING, Token, sort_bounds

VALUES = {":a": {"S": "b"}, ":b": {"S": "d"}}
NAME: Token = ("NAME_REF", "#p")
LOW: Token = ("VALUE_REF", ":a")
HIGH: Token = ("VALUE_REF", ":b")
HASH: list[Token] = [("IDENT", "h"), ("EQ", "="), LOW]


def keys_within(*clauses: list[Token]) -> str:
    bounds = sort_bounds(clauses, {"#p": "position"}, VALUES, "position")
    assert bounds
    first, end = bounds
    keys = {text: text.encode() + b"\x00\x01" for text in ("a", "b", "bb", "c", "d", "e")}
    return " ".join(text for text, key in keys.items() if first <= key and (end is None or key < end))


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ([NAME, ("EQ", "="), LOW], "b"),
        ([NAME, ("LT", "<"), LOW], "a"),
        ([NAME, ("LE", "<="), LOW], "a b"),
        ([NAME, ("GT", ">"), LOW], "bb c d e"),
        ([NAME, ("GE", ">="), LOW], "b bb c d e"),
        ([LOW, ("LT", "<"), NAME], "bb c d e"),
        ([LOW, ("GE", ">="), ("IDENT", "position")], "a b"),
        ([NAME, ("IDENT", "BETWEEN"), LOW, ("IDENT", "AND"), HIGH], "b bb c d"),
        ([("IDENT", "begins_with"), ("LPAREN", "("), NAME, ("COMMA", ","), LOW, ("RPAREN", ")")], "b bb"),
        ([("LPAREN", "("), NAME, ("GT", ">"), HIGH, ("RPAREN", ")")], "e"),
    ],
)
def test_bounds_of_each_operator(clause: list[Token], expected: str) -> None:
    assert keys_within(HASH, clause) == expected
    assert keys_within(clause, HASH) == expected


def test_condition_of_the_hash_alone_means_everything() -> None:
    assert sort_bounds([HASH], {}, VALUES, "position") == EVERYTHING


@pytest.mark.parametrize(
    "clauses",
    [
        [[NAME, ("NE", "<>"), LOW]],
        [[NAME, ("GT", ">"), LOW], [NAME, ("LT", "<"), HIGH]],
        [[("IDENT", "contains"), ("LPAREN", "("), NAME, ("COMMA", ","), LOW, ("RPAREN", ")")]],
    ],
)
def test_other_forms_are_not_understood(clauses: list[list[Token]]) -> None:
    assert sort_bounds(clauses, {"#p": "position"}, VALUES, "position") is None
