"""Comparisons of an attribute with itself, which DynamoDB refuses."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ministack.services import dynamodb

type Token = tuple[str, str]  # kind and text, from MiniStack's tokenizer
type Path = tuple[str, ...]

NAMES = {"IDENT", "NAME_REF"}
COMPARATORS = {"EQ", "NE", "LT", "LE", "GT", "GE"}
FUNCTIONS = {"begins_with", "contains"}


def same_operands_error(expression: str, slot: str, names: Mapping[str, str]) -> str | None:
    """What is wrong with a condition that compares an attribute with itself, with DynamoDB's text."""
    for operator, left, right in _compared_paths(expression):
        first, second = ([names.get(part, part) for part in path] for path in (left, right))
        if first == second:
            return (
                f"Invalid {slot}: The first operand must be distinct from the remaining operands for this operator or "
                f"function; operator: {operator}, first operand: [{', '.join(first)}]"
            )
    return None


@lru_cache(maxsize=1000)
def _compared_paths(expression: str) -> Sequence[tuple[str, Path, Path]]:
    """Each operator or function with two paths, and the paths as they are written."""
    parts = [*_parts(dynamodb._tokenize(expression))]
    found = []
    for before, (function, _), left, (kind, text), right in zip(
        parts, parts[1:], parts[2:], parts[3:], parts[4:], strict=False
    ):
        if isinstance(left[1], str) or isinstance(right[1], str):
            continue
        if kind in COMPARATORS:
            found.append((str(text), left[1], right[1]))
        elif kind == "COMMA" and function == "LPAREN" and before[0] in FUNCTIONS:
            found.append((before[0], left[1], right[1]))
    return found


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[str, str | Path]]:
    """The tokens, with those of a path as one; first two that stand for nothing."""
    yield from (("", ""), ("", ""))
    position = 0
    while position < len(tokens):
        kind, text = tokens[position]
        following = tokens[position + 1][0] if position + 1 < len(tokens) else ""
        position += 1
        if kind == "IDENT" and following == "LPAREN":
            yield text.lower(), text
        elif kind not in NAMES or (kind == "IDENT" and text.upper() in {"AND", "OR", "NOT", "BETWEEN", "IN"}):
            yield kind, text
        else:
            path = [text]
            while position + 1 < len(tokens) and tokens[position][0] in {"DOT", "LBRACKET"}:
                kind, part = tokens[position][0], tokens[position + 1][1]
                path.append(part if kind == "DOT" else f"[{part}]")
                position += 2 if kind == "DOT" else 3
            yield "PATH", tuple(path)
