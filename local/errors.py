"""Errors that the user can fix, printed in one line without a traceback."""

from pathlib import Path


class UserError(Exception):
    """The message says what is wrong and what to do."""


class Interrupted(UserError):
    """The user pressed Ctrl-C; the message says what was done until then."""


class DamagedLibraryError(UserError):
    """The library can't be read, or not by this version; nothing was changed."""


def damaged_library_message(problem: str, folder: Path) -> str:
    """One line on files without a readable copy, and what to do."""
    return (
        f"damaged: {problem}; nothing was changed. Put the folder {folder} back from a backup, or start a new library: "
        "make run DATA=<other folder>"
    )
