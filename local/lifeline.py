"""The lifeline between the runner and its children: their standard input, held open by the runner and never written to.

However the runner ends, also by a kill, the kernel closes it; so no child outlives its library. Ctrl-C is for the
runner alone, which then ends the children in order: they are started with SIGINT ignored.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable


def follow(end: Callable[[], object]) -> None:
    """Call `end` once, from a thread, when the runner is gone; nothing where a person started the process by hand."""
    if sys.stdin.isatty():
        return

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        end()

    threading.Thread(target=wait, daemon=True, name="lifeline").start()


def ends_with_the_runner() -> None:
    """The usual end for a child: the same as being asked to end."""
    follow(lambda: os.kill(os.getpid(), signal.SIGTERM))
