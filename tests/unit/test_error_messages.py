"""Error messages are sentences: they begin with a capital letter or the name of a field, and end with a period."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import chalicelib
from chalicelib import errors

# As in the API's contract, which clients may compare with.
QUOTED = {
    "tag parameter is required",
    "Unexpected field '{}' in request body",
    "Internal error: {} not configured",
}
ERRORS = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.TintypeError)}


def text_of(node: ast.expr) -> str | None:
    """The text of a string, with `{}` for each value in it; None for any other expression."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(text_of(value) or "{}" for value in values)
        case _:
            return None


def messages() -> Iterator[tuple[str, str, str]]:
    """The place, message and field of each error that the app creates with a message of its own."""
    for path in Path(chalicelib.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[message, *_], keywords=keywords) if name in ERRORS:
                    field = next((text_of(each.value) for each in keywords if each.arg == "field"), "")
                    if text := text_of(message):
                        yield f"{path.name}:{node.lineno}", text, field or "{}"
                case ast.Call(func=ast.Attribute(attr="allow_params"), keywords=keywords):
                    given = {each.arg: text_of(each.value) for each in keywords}
                    if text := given.get("message"):
                        yield f"{path.name}:{node.lineno}", text, given.get("required") or "{}"


def is_sentence(text: str, field: str) -> bool:
    """Whether a message is one; what it begins with may be in a variable."""
    return text.endswith(".") and (text[0].isupper() or text.startswith(("{}", field)))


def test_messages_are_sentences() -> None:
    found = list(messages())
    assert [(place, text) for place, text, field in found if text not in QUOTED and not is_sentence(text, field)] == []
    assert {text for _, text, _ in found} >= QUOTED
    assert len(found) > 100
