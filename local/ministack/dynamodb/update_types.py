"""Checks of the types in updates that DynamoDB makes: MiniStack changes items where DynamoDB refuses.

A sum has numbers, `list_append` has lists, and a path leads through maps and lists that are there. The texts are
DynamoDB's. Operands that are values of the request are checked before an item is read, as in DynamoDB.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ministack.services import dynamodb

type Token = tuple[str, str]  # kind and text, from MiniStack's tokenizer
type Tokens = Sequence[Token]
type Item = dict[str, Any]
type Values = Mapping[str, Any]
type Names = Mapping[str, str]
type Evaluate = Callable[[Tokens, Item, Values, Names], Any]
type Operation = tuple[str, str, Sequence[Tokens]]  # operator, required type, operands

INCORRECT_TYPE = "An operand in the update expression has an incorrect data type"
INVALID_PATH = "The document path provided in the update expression is invalid for update"
OPERAND_TYPE = "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: "
APPEND = "list_append"


def patch_update_types() -> None:
    """Make MiniStack check the types of operands and paths."""
    dynamodb._eval_set_value = patch_eval_set_value(dynamodb._eval_set_value)
    dynamodb._apply_set = _with_checked_paths(dynamodb._apply_set)
    dynamodb._apply_add = _with_checked_paths(dynamodb._apply_add)
    dynamodb._apply_remove = _with_checked_paths(dynamodb._apply_remove)


def patch_eval_set_value(evaluate: Evaluate) -> Evaluate:
    """MiniStack's evaluation of the right side of a SET; raises ValueError for operands of another type."""

    def patched(tokens: Tokens, item: Item, values: Values, names: Names) -> Any:
        operation = _operation(_unwrap(tokens))
        if operation is None:
            result = evaluate(tokens, item, values, names)
        else:
            operator, required, operands = operation
            results = [patched(operand, item, values, names) for operand in operands]
            if any(result.keys() != {required} for result in results):
                raise ValueError(INCORRECT_TYPE)
            references = [("VALUE_REF", f":{number}") for number in range(len(results))]
            result = evaluate(_expression(operator, references), item, dict(_texts(references, results)), names)
        if result is None:
            raise ValueError(f"Invalid UpdateExpression: Syntax error; near: {' '.join(text for _, text in tokens)!r}")
        return result

    return patched


def operand_error(tokens: Tokens, values: Values) -> str | None:
    """What is wrong with values of the request as operands in the right side of a SET, whatever the item is."""
    operation = _operation(_unwrap(tokens))
    if operation is None:
        return None
    operator, required, operands = operation
    for operand in map(_unwrap, operands):
        value = values.get(operand[0][1]) if len(operand) == 1 else None
        if isinstance(value, dict) and len(value) == 1 and required not in value:
            return f"{OPERAND_TYPE}{operator}, operand type: {next(iter(value))}"
        if error := operand_error(operand, values):
            return error
    return None


def _texts(references: Tokens, results: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    return ((text, result) for (_, text), result in zip(references, results, strict=True))


def _operation(tokens: Tokens) -> Operation | None:
    """The sum, difference or `list_append` that the tokens are, if they are one."""
    depth = 0
    for position, (kind, text) in enumerate(tokens):
        depth += {"LPAREN": 1, "RPAREN": -1}.get(kind, 0)
        if kind in {"PLUS", "MINUS"} and depth == 0 and position > 0:
            return text, "N", (tokens[:position], tokens[position + 1 :])
    is_append = len(tokens) > 1 and tokens[0][1].lower() == APPEND and tokens[1][0] == "LPAREN"
    if is_append and dynamodb._find_matching_paren(tokens, 1) == len(tokens) - 1:
        operands = dynamodb._split_by_comma(tokens[2:-1])
        return (APPEND, "L", operands) if len(operands) == 2 else None
    return None


def _expression(operator: str, operands: Tokens) -> list[Token]:
    first, second = operands
    if operator == APPEND:
        return [("IDENT", APPEND), ("LPAREN", "("), first, ("COMMA", ","), second, ("RPAREN", ")")]
    return [first, ("PLUS" if operator == "+" else "MINUS", operator), second]


def _unwrap(tokens: Tokens) -> Tokens:
    """The tokens without the parentheses around all of them."""
    while tokens and tokens[0][0] == "LPAREN" and dynamodb._find_matching_paren(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _with_checked_paths(apply: Callable[..., None]) -> Callable[..., None]:
    """MiniStack's section of an update; raises ValueError for paths through something else than maps and lists."""

    def patched(item: Item, tokens: Tokens, *rest: Any) -> None:
        names = rest[-2]
        for action in dynamodb._split_by_comma(tokens):
            path = dynamodb._parse_path_from_tokens(action, names)
            if len(path) > 1:
                parent = dynamodb._get_at_path(item, path[:-1])
                if parent is None or ("L" if isinstance(path[-1], int) else "M") not in parent:
                    raise ValueError(INVALID_PATH)
        apply(item, tokens, *rest)

    return patched
