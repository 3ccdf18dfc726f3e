import inspect
import re

from chalicelib import errors
from chalicelib.errors import TintypeError

LINE = re.compile(r"^(?P<branch>|[│├└─ ]+)(?P<name>TintypeError|(?<= )[A-Z]\w+)")


def documented_tree() -> dict[str, str | None]:
    """Each class in the tree of the docstring, with its parent."""
    parents: dict[str, str | None] = {}
    ancestors: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := LINE.match(line):
            depth = len(match["branch"])
            ancestors = [(d, name) for d, name in ancestors if d < depth]
            parents[match["name"]] = ancestors[-1][1] if ancestors else None
            ancestors.append((depth, match["name"]))
    return parents


def actual_tree() -> dict[str, str | None]:
    """Each class of the module, with its parent."""
    classes = (kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__)
    return {k.__name__: k.__base__.__name__ if k is not TintypeError and k.__base__ else None for k in classes}


def test_docstring_shows_the_actual_error_tree() -> None:
    assert documented_tree() == actual_tree()
    assert len(documented_tree()) > 10
