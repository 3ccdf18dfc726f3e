"""Checks of expressions that DynamoDB makes and MiniStack does not, so that they fail here, too, not only on AWS.

Bare reserved words, repeated sections and overlapping paths of updates, updates of the key, operands of the wrong type,
operators that key conditions can't have, and filters of a Query on the key. The texts are DynamoDB's. They are checked
before a request is carried out, as in DynamoDB, whether or not there is an item.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import dynamodb

from local.ministack.dynamodb.same_operands import same_operands_error
from local.ministack.dynamodb.update_types import operand_error

type Token = tuple[str, str]  # kind and text, from MiniStack's tokenizer
type Request = Mapping[str, Any]
type Response = tuple[int, dict[str, str], bytes]
type Handler = Callable[[Request], Response]

OPERATORS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})
SECTIONS = {"SET", "REMOVE", "ADD", "DELETE"}
NAMES = {"IDENT", "NAME_REF"}
PATH = NAMES | {"DOT", "LBRACKET", "NUMBER", "RBRACKET"}
KEY_FUNCTION = "begins_with"
CONDITIONS = ("ConditionExpression", "FilterExpression", "KeyConditionExpression")


def check_expressions(handler: Handler) -> Handler:
    """MiniStack's handler of an operation, with the checks of its expressions."""

    def patched(request: Request) -> Response:
        error = next(_errors(request), None)
        return error_response_json("ValidationException", error, 400) if error else handler(request)

    return patched


def _errors(request: Request) -> Iterator[str]:
    actions = request.get("TransactItems")
    if isinstance(actions, list) and any(isinstance(action, dict) and len(action) > 1 for action in actions):
        yield "TransactItems can only contain one of Check, Put, Update or Delete"
    for part in _parts(request):
        names = part.get("ExpressionAttributeNames")
        names = names if isinstance(names, dict) else {}
        for slot in (*CONDITIONS, "UpdateExpression"):
            expression = part.get(slot)
            if isinstance(expression, str) and (error := _syntax_error(expression, slot)):
                yield error
            if isinstance(expression, str) and slot != "UpdateExpression":
                yield from filter(None, [same_operands_error(expression, slot, names)])
        update, filter_ = part.get("UpdateExpression"), part.get("FilterExpression")
        if isinstance(update, str):
            yield from filter(None, (_overlap_error(update, names), _operands_error(part), _key_error(part, names)))
        if isinstance(filter_, str) and "KeyConditionExpression" in part and (error := _filter_error(part, names)):
            yield error


def _parts(request: Request) -> Iterator[Request]:
    """The request, or each action of its transaction."""
    yield request
    actions = request.get("TransactItems")
    for action in actions if isinstance(actions, list) else ():
        yield from (part for part in action.values() if isinstance(part, dict))


@lru_cache(maxsize=1000)
def _syntax_error(expression: str, slot: str) -> str | None:
    """What is wrong with an expression, whatever its names and values are."""
    if slot == "UpdateExpression":
        return _update_error(expression)
    tokens = dynamodb._tokenize(expression)
    if word := _reserved_word(tokens, OPERATORS):
        return f"Invalid {slot}: Attribute name is a reserved keyword; reserved keyword: {word}"
    return _key_condition_error(tokens) if slot == "KeyConditionExpression" else None


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Each token with the one after it."""
    return zip(tokens, [*tokens[1:], ("EOF", "")], strict=True)


def _reserved_word(tokens: Sequence[Token], operators: frozenset[str]) -> str | None:
    """The first name that is a reserved word; functions and operators are no names."""
    for (kind, text), following in _pairs(tokens):
        is_function = following[0] == "LPAREN" and text.lower() in dynamodb._DDB_EXPR_FUNCTIONS
        is_name = kind == "IDENT" and not is_function and text.upper() not in operators
        if is_name and text.upper() in dynamodb.AWS_KEYWORDS:
            return text
    return None


def _key_condition_error(tokens: Sequence[Token]) -> str | None:
    for (kind, text), following in _pairs(tokens):
        is_function = kind == "IDENT" and following[0] == "LPAREN"
        if is_function and text == "size":
            return "KeyConditionExpressions cannot contain nested operations"
        if is_function and text in dynamodb._DDB_EXPR_FUNCTIONS and text != KEY_FUNCTION:
            return f"Invalid operator used in KeyConditionExpression: {text}"
        if kind == "NE" or (kind == "IDENT" and text.upper() in {"OR", "NOT", "IN"}):
            return f"Invalid operator used in KeyConditionExpression: {text.upper()}"
    return None


@lru_cache(maxsize=1000)
def _actions(expression: str) -> Sequence[tuple[str, Sequence[Token]]]:
    """The tokens of each action of an update expression; the first of a section with the section's name."""
    actions, depth = list[tuple[str, list[Token]]](), 0
    for (kind, text), following in _pairs(dynamodb._tokenize(expression)):
        depth += {"LPAREN": 1, "RPAREN": -1}.get(kind, 0)
        if kind == "IDENT" and text.upper() in SECTIONS and following[0] in NAMES and not depth:
            actions.append((text.upper(), []))
        elif kind == "COMMA" and not depth and actions:
            actions.append(("", []))
        elif actions:
            actions[-1][1].append((kind, text))
    return actions


def _update_error(expression: str) -> str | None:
    prefix = "Invalid UpdateExpression: "
    actions = _actions(expression)
    if word := next(filter(None, (_reserved_word(tokens, frozenset()) for _, tokens in actions)), None):
        return f"{prefix}Attribute name is a reserved keyword; reserved keyword: {word}"
    sections = [section for section, _ in actions if section]
    if repeated := next((section for section in sections if sections.count(section) > 1), None):
        return f'{prefix}The "{repeated}" section can only be used once in an update expression;'
    tokens = dynamodb._tokenize(expression)
    if not actions or tokens[0][1].upper() not in SECTIONS:
        return prefix + _syntax_error_at(tokens, 0)
    section = ""
    for start, tokens in actions:
        section = start or section
        if section == "SET" and ("EQ", "=") not in tokens:
            length = next((at for at, (kind, _) in enumerate(tokens) if kind not in PATH), len(tokens) - 1)
            return prefix + _syntax_error_at(tokens, length)
    return None


def _syntax_error_at(tokens: Sequence[Token], position: int) -> str:
    near = " ".join(text for _, text in tokens[max(position - 1, 0) : position + 2]).strip()
    return f'Syntax error; token: "{tokens[position][1] or "<EOF>"}", near: "{near}"'


def _overlap_error(expression: str, names: Mapping[str, str]) -> str | None:
    """Two actions of an update that change the same attribute, or one that changes a part of the other's."""
    paths = [dynamodb._parse_path_from_tokens(tokens, names) for _, tokens in _actions(expression)]
    for number, second in enumerate(paths):
        for first in paths[:number]:
            length = min(len(first), len(second))
            if length and first[:length] == second[:length]:
                return (
                    "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one "
                    f"of these paths; path one: {_format_path(first)}, path two: {_format_path(second)}"
                )
    return None


def _operands_error(request: Request) -> str | None:
    """A value of the request that its operator or function can't have."""
    values = request.get("ExpressionAttributeValues")
    if not isinstance(values, dict):
        return None
    for _, tokens in _actions(request["UpdateExpression"]):
        position = next((at for at, (kind, _) in enumerate(tokens) if kind == "EQ"), len(tokens))
        value = [token for token in tokens[position + 1 :] if token[0] != "EOF"]
        if error := operand_error(value, values):
            return error
    return None


def _key_error(request: Request, names: Mapping[str, str]) -> str | None:
    """An update of an attribute of the table's key."""
    table = dynamodb._tables.get(dynamodb._normalize_table_name(request.get("TableName")))
    if table is None:
        return None
    for _, tokens in _actions(request["UpdateExpression"]):
        path = dynamodb._parse_path_from_tokens(tokens, names)
        if path and path[0] in {table["pk_name"], table["sk_name"]}:
            return (
                f"One or more parameter values were invalid: Cannot update attribute {path[0]}. "
                "This attribute is part of the key"
            )
    return None


def _format_path(path: Sequence[str | int]) -> str:
    return f"[{', '.join(f'[{part}]' if isinstance(part, int) else part for part in path)}]"


def _filter_error(request: Request, names: Mapping[str, str]) -> str | None:
    """A filter of a Query that names an attribute of the key, of the index or else of the table."""
    table = dynamodb._tables.get(dynamodb._normalize_table_name(request.get("TableName")))
    if table is None:
        return None
    keys = set(dynamodb._resolve_index_keys(table, request.get("IndexName"))[:2])
    for name in _attributes(request["FilterExpression"]):
        if (attribute := names.get(name, name)) in keys:
            return f"Filter Expression can only contain non-primary key attributes: Primary key attribute: {attribute}"
    return None


@lru_cache(maxsize=1000)
def _attributes(expression: str) -> Sequence[str]:
    """The attributes that a condition names, as they are written; nested ones are left out."""
    tokens = dynamodb._tokenize(expression)
    return [
        text
        for before, (kind, text), after in zip([("EOF", ""), *tokens], tokens, [*tokens[1:], ("EOF", "")], strict=False)
        if kind in NAMES and before[0] != "DOT" and after[0] != "LPAREN"
    ]
