"""What a library takes of texts."""

import re

MAX_CAPTION_CHARACTERS = 2000  # also of an album's description

_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """The text without what can't be written as UTF-8, and without NUL."""
    return _SURROGATES.sub("\ufffd", text).replace("\0", "")
