"""Reads CloudFormation templates."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FUNCTION_NAMES = {"Ref": "Ref", "Condition": "Condition"}  # all other functions start with Fn::


@cache
def read_template(template: Path) -> Any:
    """The template with its short functions (`!Ref`) expanded to their JSON form; callers must not change it."""
    return yaml.load(template.read_text(), _Loader)  # noqa: S506 (a SafeLoader)


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """YAML with CloudFormation's short functions. The loader in C is ten times as fast."""


def _function(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            argument: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            argument = loader.construct_sequence(node, deep=True)
        case _:
            raise ValueError(f"not a CloudFormation function: {node}")
    if name == "GetAtt" and isinstance(argument, str):
        argument = argument.split(".", 1)
    return {FUNCTION_NAMES.get(name, f"Fn::{name}"): argument}


_Loader.add_multi_constructor("!", _function)
