import inspect
import re

from chalicelib import errors
from chalicelib.errors import TintypeError

LINE = re.compile(r"^(?P<branch>|[│├└─ ]+)(?P<name>TintypeError|(?<= )[A-Z]\w+)")


def drawn() -> dict[str, str | None]:
    """Each class in the docstring's tree, with the class it hangs below."""
    found: dict[str, str | None] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := LINE.match(line):
            depth = len(match["branch"])
            above = [(d, name) for d, name in above if d < depth]
            found[match["name"]] = above[-1][1] if above else None
            above.append((depth, match["name"]))
    return found


def written() -> dict[str, str | None]:
    """Each class of the module, with its parent."""
    classes = (kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__)
    return {k.__name__: k.__base__.__name__ if k is not TintypeError and k.__base__ else None for k in classes}


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert drawn() == written()
    assert len(drawn()) > 10
