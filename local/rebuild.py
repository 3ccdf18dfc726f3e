"""`make rebuild` on a laptop: rebuilds the tables of a library from the backup in its originals bucket.

The library runs, or its tables are lost, so that it can't: then the command runs its services itself.
"""

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
from infrastructure.deploy.rebuild import COUNTS, PLAN, problem_of, summary
from local import lost_tables
from local.data_dir import DataDir, lock_data_dir, open_data_dir
from local.disk_space import explain_full_disk
from local.errors import UserError
from local.library import check_ports_free
from local.ports import Ports
from local.processes import Supervisor
from local.provision import STAGE, provision
from local.services import Access, Services, start_services

FOREVER = timedelta(days=1)


def rebuild(data: Path, ports: Ports, *, yes: bool, ask: Callable[[str], str] = input) -> None:
    """Ask, then rebuild; raises UserError, also if the library neither runs there nor has lost its tables."""
    print("\n".join(PLAN))
    if not yes and ask("Continue? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise UserError("Nothing was changed.")
    data_dir = DataDir(data.expanduser())
    services = Services.with_credentials(ports.services, data_dir.credentials)
    if services.is_ready():
        _rebuild_running(services, data, ports)
        return
    data_dir = open_data_dir(data)
    with lock_data_dir(data_dir) as lock, explain_full_disk(data_dir.root):
        if not lost_tables.has_lost_tables(data_dir):
            raise _not_running(data, ports)
        check_ports_free(ports)
        _rebuild_lost(data_dir, ports, lock)
    print(f"The new tables are in place. Start the library: make run DATA={data}")


def run(service: Rebuild, report: Callable[[str], None]) -> str:
    """Rebuild everything; returns what is missing, in sentences, and raises what `Rebuild.run` raises."""
    result = service.run(0, "", lambda: FOREVER)
    counts = {name: int(getattr(result, name)) for name in COUNTS}
    report(f"The backup of {result.written_at}: {summary(counts)}.")
    return problem_of(result.failed, result.unreadable)


def _rebuild_running(services: Services, data: Path, ports: Ports) -> None:
    try:
        problem = run(container_of(services).rebuild, print)
    except TintypeError as error:
        raise UserError(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise _not_running(data, ports) from error
    if problem:
        raise UserError(problem)


def _rebuild_lost(data_dir: DataDir, ports: Ports, lock: int) -> None:
    """Run the services with new tables until these are complete."""
    with lost_tables.new_tables(data_dir) as tables:
        supervisor = Supervisor(data_dir.logs)
        try:
            services = start_services(
                data_dir,
                ports.services,
                supervisor,
                lock=lock,
                access=Access.LIBRARY,
                page_port=ports.page,
                extra_env={"TABLES_FILE": str(tables)},
            )
            provision(services.for_provisioning(), ports.page, ports.api)
            problem = run(container_of(services).rebuild, print)
        except TintypeError as error:
            raise UserError(f"{error} Nothing was changed.") from error
        finally:
            supervisor.stop()
    if problem:
        raise UserError(f"The new tables are in place, but not complete. {problem}")


def _not_running(data: Path, ports: Ports) -> UserError:
    return UserError(f"No library of {data} is running on port {ports.api}; start it first: make run PORT={ports.api}")


def container_of(services: Services) -> Container:
    """The services of a running library; from now on, AWS clients of this process send their requests to it."""
    os.environ.update(services.environment())
    return ContainerProvider({"TINTYPE_STAGE": STAGE}, Clients()).current()
