"""What a person can mend: told in one line, without a traceback."""


class Problem(Exception):
    """The message is the line, and says what to do."""
