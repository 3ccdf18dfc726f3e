"""Refuses retired words as names in Python code: `python -m checks.retired_names`.

The words are in retired_names.json, which oxlint reads as well for the page. Names are taken from the syntax tree, so
text in strings and comments may contain the words. A name is split into words at underscores and capitals: `template`
is not `plate`, `isShown` and `SHOWN_PHOTOS` are `shown`.
"""

import ast
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
RETIRED: frozenset[str] = frozenset(json.loads((PROJECT / "checks" / "retired_names.json").read_text()))
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_RETIRED_TEXT = re.compile("|".join(sorted(RETIRED)))


def retired_words(name: str) -> set[str]:
    """The retired words in one name, in lowercase."""
    return {word.lower() for word in _WORD.findall(name)} & RETIRED


def names(source: str) -> Iterator[tuple[int, str]]:
    """Line number and text of each identifier in Python source, in no particular order."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.Name():
                yield node.lineno, node.id
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Attribute():
                yield node.lineno, node.attr
            case ast.keyword(arg=str() as name):
                yield node.lineno, name
            case ast.TypeVar(name=name) | ast.ParamSpec(name=name) | ast.TypeVarTuple(name=name):
                yield node.lineno, name
            case ast.ImportFrom(module=str() as name):
                yield node.lineno, name
            case ast.MatchClass():
                yield from ((node.lineno, name) for name in node.kwd_attrs)
            case ast.alias():
                yield node.lineno, node.asname or node.name
            case (
                ast.MatchAs(name=str() as name)
                | ast.MatchStar(name=str() as name)
                | ast.MatchMapping(rest=str() as name)
            ):
                yield node.lineno, name
            case ast.ExceptHandler(name=str() as name):
                yield node.lineno, name
            case ast.Global() | ast.Nonlocal():
                yield from ((node.lineno, name) for name in node.names)


def violations(path: str, source: str) -> list[str]:
    """One line for each retired word in a module's path or identifiers, sorted by line."""
    found = [(0, path, word) for part in Path(path).with_suffix("").parts for word in retired_words(part)]
    # Python normalizes names too. Few files contain one of the words at all, and parsing the others takes seconds.
    if _RETIRED_TEXT.search(unicodedata.normalize("NFKC", source).lower()):
        found += [(line, name, word) for line, name in names(source) for word in retired_words(name)]
    return [f"{path}:{line}: {name!r} uses the retired word {word!r}" for line, name, word in sorted(set(found))]


def main() -> int:
    """Check every Python file that git tracks; 1 if any name is refused."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=PROJECT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    paths = sorted(path for path in listed.stdout.splitlines() if (PROJECT / path).exists())
    lines = [line for path in paths for line in violations(path, (PROJECT / path).read_text())]
    sys.stderr.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    raise SystemExit(main())
