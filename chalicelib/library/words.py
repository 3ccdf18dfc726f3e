"""Words of texts, as they are indexed and searched: without case and accents.

Scripts that are written without spaces, such as Chinese, give every pair of neighboring characters as a word; a symbol,
such as an emoji, is a word of its own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from itertools import groupby, pairwise

MAX_WORD_CHARACTERS = 64
# Letters that are not a letter with an accent in Unicode, but to those who type them without one.
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Han, kana, Thai, Lao, Myanmar and Khmer.
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)


class _Kind(Enum):
    LETTER = auto()
    WITHOUT_SPACES = auto()
    SYMBOL = auto()
    SEPARATOR = auto()


def fold(text: str) -> str:
    """The text without case and accents. Idempotent, and of the same words."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in decomposed if unicodedata.category(c) not in {"Mn", "Cf"}).translate(_PLAIN_LETTERS)
    return unicodedata.normalize("NFC", plain)


def words_of(text: str) -> Iterator[str]:
    """The words of a text in their order, each at most 64 characters; those that repeat are repeated."""
    for kind, run in groupby(fold(text), _kind):
        characters = "".join(run)
        if kind is _Kind.LETTER:
            yield characters[:MAX_WORD_CHARACTERS]
        elif kind is _Kind.SYMBOL or (len(characters) == 1 and kind is _Kind.WITHOUT_SPACES):
            yield from characters
        elif kind is _Kind.WITHOUT_SPACES:
            yield from map("".join, pairwise(characters))


def distinct_words(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of these texts, each once, in the order of their first appearance."""
    return tuple(dict.fromkeys(word for text in texts for word in words_of(text)))


def _kind(character: str) -> _Kind:
    category = unicodedata.category(character)
    if _WITHOUT_SPACES.match(character) and category[0] in "LMN":
        return _Kind.WITHOUT_SPACES
    if category[0] in "LMN":
        return _Kind.LETTER
    return _Kind.SYMBOL if category == "So" else _Kind.SEPARATOR
