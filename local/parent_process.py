"""Child processes exit with their parent: standard input is a pipe that the parent holds open and never writes to.

However the parent exits, even by SIGKILL, the kernel closes the pipe, so no child outlives its library. Ctrl-C reaches
the parent only, which then stops its children in order: they are started with SIGINT ignored.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable


def call_on_parent_exit(callback: Callable[[], object]) -> None:
    """Call `callback` once, from a thread, when the parent exits; never if standard input is a terminal."""
    if sys.stdin.isatty():
        return

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        callback()

    threading.Thread(target=wait, daemon=True, name="parent-process").start()


def exit_with_parent() -> None:
    """Send this process SIGTERM when the parent exits."""
    call_on_parent_exit(lambda: os.kill(os.getpid(), signal.SIGTERM))
