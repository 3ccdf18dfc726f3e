"""The range of sort keys that a KeyConditionExpression means."""

from collections.abc import Mapping, Sequence

from local.ministack.dynamodb.key_encoding import AttributeValue, after_prefix, begin_key, encode_key
from local.ministack.dynamodb.store import Bounds

type Token = tuple[str, str]  # kind and text, from MiniStack's tokenizer

EVERYTHING: Bounds = (b"", None)
MIRRORED = {"EQ": "EQ", "LT": "GT", "LE": "GE", "GT": "LT", "GE": "LE"}


def sort_bounds(
    clauses: Sequence[Sequence[Token]], names: Mapping[str, str], values: Mapping[str, AttributeValue], sort_name: str
) -> Bounds | None:
    """The bounds of all clauses about the sort key, or None if one has a form that is not understood."""
    bounds = EVERYTHING
    for clause in clauses:
        tokens = [(kind, names.get(text, text)) for kind, text in clause if kind not in {"LPAREN", "RPAREN", "COMMA"}]
        if ("IDENT", sort_name) not in tokens and ("NAME_REF", sort_name) not in tokens:
            continue
        found = _clause_bounds([kind for kind, _ in tokens], [text for _, text in tokens], values)
        if found is None or bounds != EVERYTHING:
            return None
        bounds = found
    return bounds


def _clause_bounds(kinds: list[str], texts: list[str], values: Mapping[str, AttributeValue]) -> Bounds | None:
    operands = [values[text] for kind, text in zip(kinds, texts, strict=True) if kind == "VALUE_REF"]
    name = {"IDENT", "NAME_REF"}
    match kinds:
        case [first, operator, "VALUE_REF"] if first in name and operator in MIRRORED:
            return _comparison(operator, operands[0])
        case ["VALUE_REF", operator, last] if last in name and operator in MIRRORED:
            return _comparison(MIRRORED[operator], operands[0])
        case [first, "IDENT", "VALUE_REF", "IDENT", "VALUE_REF"] if first in name and texts[1].upper() == "BETWEEN":
            return encode_key([operands[0]]), after_prefix(encode_key([operands[1]]))
        case ["IDENT", second, "VALUE_REF"] if second in name and texts[0].lower() == "begins_with":
            prefix = begin_key(operands[0])
            return prefix, (after_prefix(prefix) if prefix.strip(b"\xff") else None)
    return None


def _comparison(operator: str, operand: AttributeValue) -> Bounds:
    key = encode_key([operand])
    match operator:
        case "EQ":
            return key, after_prefix(key)
        case "LT":
            return b"", key
        case "LE":
            return b"", after_prefix(key)
        case "GT":
            return after_prefix(key), None
    return key, None
