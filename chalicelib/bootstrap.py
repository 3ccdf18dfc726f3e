"""Starts the app: reads the settings from the environment and the parameter store, and builds the container."""

import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chalicelib import settings as settings_
from chalicelib.accounts.api_keys import is_api_key
from chalicelib.accounts.identity import Caller
from chalicelib.container import Container
from chalicelib.errors import NotConfigured, Unavailable
from chalicelib.observability import logger, publish_metrics
from chalicelib.settings import Settings
from chalicelib.util.expiring_cache import ExpiringCache

if TYPE_CHECKING:
    from chalicelib.aws.clients import Clients

SETTINGS_TTL_SECONDS = 300


class ContainerProvider:
    """Provides this process's container, and replaces it when the settings change."""

    def __init__(
        self, environ: Mapping[str, str], clients: "Clients", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._environ = environ
        self._clients = clients
        self._container: Container | None = None
        self._settings = ExpiringCache(self._load_settings, ttl_seconds=SETTINGS_TTL_SECONDS, clock=clock)

    def current(self) -> Container:
        """The container for the current settings; raises NotConfigured, Unavailable."""
        settings = self._settings.get()
        if self._container is None or self._container.settings != settings:
            self._container = Container(settings, self._clients)
        return self._container

    def verify(self, token: str) -> Caller:
        """The caller of a bearer token or an API key; raises Unauthenticated, Unavailable."""
        container = self.current()
        if is_api_key(token):
            return container.api_keys.authenticate(token)
        caller = container.token_verifier.verify(token)
        container.revocations.check(caller)
        return caller

    def _load_settings(self) -> Settings:
        from chalicelib.aws.ssm import ParameterStore

        stage = settings_.get_stage(self._environ)
        try:
            parameters = ParameterStore(self._clients.get("ssm")).get_all(f"/tintype/{stage}")
        except Unavailable as error:
            raise Unavailable(
                f"Could not read the settings of stage {stage!r}. {error} On a laptop, start `make services`, "
                "and then the API with the command that it prints: `chalice local` alone finds no library with "
                "another PORT or DATA."
            ) from error
        return settings_.build_settings(stage, parameters, self._environ)


def report_database_pause(environ: Mapping[str, str] = os.environ) -> None:
    """Log and count that this process pauses its calls to DynamoDB, because they keep failing."""
    logger().warning("Calls to DynamoDB keep failing and are paused for a few seconds.")
    publish_metrics(settings_.get_stage(environ), {"database_pauses": 1})


def originals_bucket(environ: Mapping[str, str] = os.environ) -> str:
    """The name of the originals bucket, from the environment; raises NotConfigured."""
    return _required("originals_bucket", environ)


def bundles_queue(environ: Mapping[str, str] = os.environ) -> str:
    """The name of the bundles queue, from the environment; raises NotConfigured."""
    return _required("bundles_queue", environ)


def _required(name: str, environ: Mapping[str, str]) -> str:
    variable = settings_.variable_name(name)
    value = environ.get(variable, "")
    if not value:
        raise NotConfigured(
            f"Internal error: {variable} not configured. On a laptop, start the library with `make run`. "
            "On AWS, `make deploy STAGE=prod` writes it to .build/prod, and "
            "`chalice --project-dir .build/prod deploy --stage prod` reads it from there.",
            missing=(settings_.parameter_name(name),),
        )
    return value
