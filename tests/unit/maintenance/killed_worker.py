"""A worker that is killed while it handles an event."""

import pytest

from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.fault_injection import ProcessKilled


def kill_worker(library: MemoryLibrary, key: str, at: str = "put") -> None:
    """Deliver the event of an original to a worker that is killed before its first write of this name."""

    def die(name: str) -> None:
        if name == at:
            raise ProcessKilled

    library.before = die
    with pytest.raises(ProcessKilled):
        library.deliver_event(key)
    library.before = no_hook
