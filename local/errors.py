"""Errors that the user can fix, printed in one line without a traceback."""


class UserError(Exception):
    """The message says what is wrong and what to do."""


class Interrupted(UserError):
    """The user pressed Ctrl-C; the message says what was done until then."""
