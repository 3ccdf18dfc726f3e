"""Lines in the log of a process."""

import sys
from contextlib import suppress


def log_line(text: str) -> None:
    """Write a line at once; what is being logged must go on although the disk with the log is full."""
    with suppress(OSError):
        sys.stdout.write(f"{text}\n")  # at once: another thread's line must not come between the text and its end
        sys.stdout.flush()
