"""What every layer of tests may ask for."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from local import services
from local.ports import free_ports
from local.provision import ProvisionedStack, provision

# No test is timed: a busy machine is no fault of the code's.
settings.register_profile("tintype", deadline=None)
settings.load_profile("tintype")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvisionedStack]:
    """The local cloud with the template applied, for the whole run: tests take names of their own within it."""
    with services.run_services(tmp_path_factory.mktemp("cloud")) as running:
        yield provision(running, page_port=free_ports()[0])
