"""Reads CloudFormation templates for tests."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def read_template(template: Path) -> dict[str, Any]:
    """The template with its short functions unexpanded: `{"!Ref": ...}`; tests must not change it."""
    parsed: dict[str, Any] = yaml.load(template.read_text(), Loader)  # noqa: S506 (a SafeLoader)
    return parsed


class Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """YAML with CloudFormation's short functions."""


def _function(loader: Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            return {f"!{name}": loader.construct_scalar(node)}
        case yaml.SequenceNode():
            return {f"!{name}": loader.construct_sequence(node, deep=True)}
        case _:
            raise ValueError(f"not a CloudFormation function: {node}")


Loader.add_multi_constructor("!", _function)
