"""Invokes the app's handlers with a Lambda context."""

from collections.abc import Callable
from typing import Any

from chalice.cli.factory import CLIFactory
from chalice.local import LambdaContext

from local.data_dir import PROJECT
from local.events.queues import Event
from local.provision import STAGE


def invoker(app: Any) -> Callable[[str, Event], Any]:
    """A function that calls a handler by name, with the time limit and memory from `.chalice/config.json`."""
    config = CLIFactory(str(PROJECT)).create_config_obj(chalice_stage_name=STAGE)

    def invoke(name: str, event: Event) -> Any:
        limits = config.scope(STAGE, name)
        context = LambdaContext(name, limits.lambda_memory_size, max_runtime_ms=1000 * limits.lambda_timeout)
        return app.handler_map[name](event, context)

    return invoke
