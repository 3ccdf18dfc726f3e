"""Invokes the app's handlers with a Lambda context."""

from collections.abc import Callable
from typing import Any

from chalice.local import LambdaContext

from local.app_config import read_config
from local.events.queues import Event
from local.provision import STAGE


def invoker(app: Any) -> Callable[[str, Event], Any]:
    """A function that calls a handler by name, with the time limit and memory from `.chalice/config.json`."""
    config = read_config()

    def invoke(name: str, event: Event) -> Any:
        limits = config.scope(STAGE, name)
        context = LambdaContext(name, limits.lambda_memory_size, max_runtime_ms=1000 * limits.lambda_timeout)
        return app.handler_map[name](event, context)

    return invoke
