"""Runs coroutines in tests."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run_coroutine[Result](function: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """The result of the coroutine, from a thread: browser tests in the same process leave an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(function())).result()
