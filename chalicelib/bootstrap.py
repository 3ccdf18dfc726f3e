"""The stage: which library this process serves, as its environment and the parameter store say."""

import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chalicelib import settings as settings_
from chalicelib.accounts.api_keys import is_api_key
from chalicelib.accounts.identity import Caller
from chalicelib.container import Library
from chalicelib.errors import NotConfigured, Unavailable
from chalicelib.settings import Settings
from chalicelib.util.expiring_cache import ExpiringCache

if TYPE_CHECKING:
    from chalicelib.aws.clients import Clients

SETTINGS_FOR_SECONDS = 300


class Libraries:
    """The library of this process, its settings read again every few minutes."""

    def __init__(
        self, environ: Mapping[str, str], clients: "Clients", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._environ = environ
        self._clients = clients
        self._library: Library | None = None
        self._settings = ExpiringCache(self._load, ttl_seconds=SETTINGS_FOR_SECONDS, clock=clock)

    def current(self) -> Library:
        """The library as it is configured now; raises NotConfigured, Unavailable."""
        settings = self._settings.get()
        if self._library is None or self._library.settings != settings:
            self._library = Library(settings, self._clients)
        return self._library

    def verify(self, token: str) -> Caller:
        """Who this token speaks for in the current library; raises Unauthenticated, Unavailable."""
        library = self.current()
        return library.keys.authenticate(token) if is_api_key(token) else library.verifier.verify(token)

    def _load(self) -> Settings:
        from chalicelib.aws.ssm import ParameterStore

        stage = settings_.stage_of(self._environ)
        try:
            parameters = ParameterStore(self._clients.get("ssm")).get_all(f"/tintype/{stage}")
        except Unavailable as error:
            raise Unavailable(
                f"The settings of stage {stage!r} cannot be read: the parameter store does not answer. "
                "On a laptop, start the services first: make services."
            ) from error
        return settings_.build(stage, parameters, self._environ)


def originals_bucket(environ: Mapping[str, str] = os.environ) -> str:
    """The bucket whose events reach ingest, as the stage's environment names it; raises NotConfigured."""
    return _named("originals_bucket", environ)


def bundles_queue(environ: Mapping[str, str] = os.environ) -> str:
    """The queue where volumes wait for a worker, as the stage's environment names it; raises NotConfigured."""
    return _named("bundles_queue", environ)


def _named(name: str, environ: Mapping[str, str]) -> str:
    variable = settings_.variable_name(name)
    value = environ.get(variable, "")
    if not value:
        raise NotConfigured(
            f"Internal error: {variable} not configured. It comes with the stage's environment: on a laptop, start the "
            "library with `make run`; on AWS, `make deploy STAGE=prod` writes it into .build/prod, from where "
            "`chalice --project-dir .build/prod deploy --stage prod` reads it.",
            missing=(settings_.parameter_name(name),),
        )
    return value
