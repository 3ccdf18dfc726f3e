"""What every layer of tests may ask for."""

import gc
from collections.abc import Iterator
from functools import cache, lru_cache

import botocore.loaders
import botocore.session
import botocore.useragent
import botocore.utils
import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from local import services
from local.ports import free_ports
from local.provision import ProvisionedStack, provision

# No test is timed: a busy machine is no fault of the code's.
settings.register_profile("tintype", deadline=None)
settings.load_profile("tintype")

# Tests make and drop many objects: by default a tenth of their time would go into looking for garbage among them.
gc.set_threshold(20_000)

# Sessions share the definitions of AWS's services, which take a third of a second to read, and nothing else.
botocore.session.create_loader = cache(botocore.loaders.create_loader)
# The user agent is assembled anew for each request.
botocore.useragent.sanitize_user_agent_string_component = cache(botocore.useragent.sanitize_user_agent_string_component)
# Reading a date takes as long as handling the request: most responses within a second have the same one.
botocore.utils._parse_timestamp_with_tzinfo = lru_cache(botocore.utils._parse_timestamp_with_tzinfo)

PAM_URL = "http://localhost:5173"

# The suites with the longest files start first, so that only short files are left when a worker runs out of tests.
SLOWEST_SUITES = ("browser", "deployment", "e2e", "local", "stress", "app", "contract")


class Scheduler(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each worker a file at a time, or all of a suite whose tests share one running library."""

    def _split_scope(self, nodeid: str) -> str:
        suite = _suite(nodeid)
        # A second worker would start a Chromium and a library of its own for the browser tests. With more workers than
        # three that pays: as a whole these tests would be the last to end.
        is_whole = suite == "e2e" or (suite == "browser" and self.numnodes <= 3)
        return suite if is_whole else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """The scheduler for `-n`, which keeps the order of the files."""
    config.option.loadscopereorder = False
    return Scheduler(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the suites."""
    items.sort(key=lambda item: (*SLOWEST_SUITES, _suite(item.nodeid)).index(_suite(item.nodeid)))


def _suite(nodeid: str) -> str:
    return nodeid.split("/")[1] if nodeid.startswith("tests/") else ""


def pytest_collection_finish() -> None:
    """Look for garbage among the objects of the tests only, and not among modules and the collected tests."""
    gc.freeze()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvisionedStack]:
    """The local cloud with the template applied, for the whole run: tests use separate names in it."""
    other_account = {services.PROVISIONING_KEY: "111111111111:secret"}
    with services.run_services(tmp_path_factory.mktemp("cloud"), extra_env=other_account) as running:
        yield provision(running, page_port=free_ports()[0], pam_url=PAM_URL)
