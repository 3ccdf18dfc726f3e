"""An adapter with one failing method."""

from typing import Any

from chalicelib.errors import Unavailable


class BrokenAdapter:
    """Raises Unavailable in the named method and delegates all others."""

    def __init__(self, inner: Any, name: str) -> None:
        self._inner, self._name = inner, name

    def __getattr__(self, name: str) -> Any:
        return self._fail if name == self._name else getattr(self._inner, name)

    def _fail(self, *_: Any) -> Any:
        raise Unavailable(f"No {self._name} now.")
