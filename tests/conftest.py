"""What every layer of tests may ask for."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from local import services
from local.ports import free
from local.provision import Provisioned, provision

# No test is timed: a busy machine is no fault of the code's.
settings.register_profile("tintype", deadline=None)
settings.load_profile("tintype")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provisioned]:
    """The local cloud with the template applied, for the whole run: tests take names of their own within it."""
    with services.running(tmp_path_factory.mktemp("cloud")) as running:
        yield provision(running, page=free()[0])
