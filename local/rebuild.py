"""`make rebuild` on a laptop: rebuilds the tables of a running library from the backup in its originals bucket."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import ContainerProvider
from chalicelib.container import Container
from chalicelib.errors import TintypeError
from chalicelib.maintenance.rebuild import Rebuild
from infrastructure.deploy.rebuild import COUNTS, PLAN, summary
from local.data_dir import DataDir
from local.errors import UserError
from local.ports import Ports
from local.provision import STAGE
from local.services import Services

FOREVER = timedelta(days=1)


def rebuild(data: Path, ports: Ports, *, yes: bool, ask: Callable[[str], str] = input) -> None:
    """Ask, then rebuild; raises UserError, also if the library does not run there or has no backup."""
    print("\n".join(PLAN))
    if not yes and ask("Continue? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise UserError("Nothing was changed.")
    services = Services.with_credentials(ports.services, DataDir(data.expanduser()).credentials)
    try:
        run(container_of(services).rebuild, print)
    except TintypeError as error:
        raise UserError(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise UserError(
            f"No library of {data} is running on port {ports.api}; start it first: make run PORT={ports.api}"
        ) from error


def run(service: Rebuild, report: Callable[[str], None]) -> None:
    """Rebuild everything; raises UserError if some photos could not be restored, and what `Rebuild.run` raises."""
    result = service.run(0, "", lambda: FOREVER)
    counts = {name: int(getattr(result, name)) for name in COUNTS}
    report(f"The backup of {result.written_at}: {summary(counts)}.")
    if result.failed:
        raise UserError(f"{result.failed} photos are busy or failed: run this command again in a minute.")


def container_of(services: Services) -> Container:
    """The services of a running library; from now on, AWS clients of this process send their requests to it."""
    os.environ.update(services.environment())
    return ContainerProvider({"TINTYPE_STAGE": STAGE}, Clients()).current()
