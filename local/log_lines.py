"""Lines in the log of a process."""

from contextlib import suppress


def log_line(text: str) -> None:
    """Write a line at once; what is being logged must go on although the disk with the log is full."""
    with suppress(OSError):
        print(text, flush=True)
