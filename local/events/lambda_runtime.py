"""Invokes the app's handlers with a Lambda context."""

import json
from collections.abc import Callable
from typing import Any

from chalice.config import Config
from chalice.local import LambdaContext

from local.data_dir import PROJECT
from local.events.queues import Event
from local.provision import STAGE


def invoker(app: Any) -> Callable[[str, Event], Any]:
    """A function that calls a handler by name, with the time limit and memory from `.chalice/config.json`."""
    # Chalice's own way to read this file imports all of its commands, in every process of the library.
    file = PROJECT / ".chalice" / "config.json"
    config = Config(chalice_stage=STAGE, config_from_disk=json.loads(file.read_text()))

    def invoke(name: str, event: Event) -> Any:
        limits = config.scope(STAGE, name)
        context = LambdaContext(name, limits.lambda_memory_size, max_runtime_ms=1000 * limits.lambda_timeout)
        return app.handler_map[name](event, context)

    return invoke
