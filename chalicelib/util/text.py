"""Text that people read: without invisible characters, so that what looks alike is alike.

Invisible characters that change how their neighbors look stay where they do: joiners in scripts and emoji, and
selectors of variants. The rules follow Unicode (UAX 31, 2.3; UTS 51) and RFC 5892, appendix A.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import chain

NON_JOINER, JOINER = "\u200c", "\u200d"
EMOJI_STYLE = "\ufe0f"
VIRAMA_CLASS = 9
BRAILLE_BLANK = "\u2800"
MAX_MARKS = 30  # after a letter that is looked for; no language has more (UAX 15, 13)


def _ranges(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(map(chr, chain.from_iterable(range(first, last + 1) for first, last in ranges)))


# Format characters that are visible signs of their own: Arabic, Syriac and Kaithi number signs.
_VISIBLE_FORMATS = _ranges((0x600, 0x605), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2)) | _ranges(
    (0x110BD, 0x110BD), (0x110CD, 0x110CD)
)
# Letters, marks and symbols without any ink: fillers, variation selectors, blanks.
_BLANK = _ranges(
    (0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F)
) | _ranges(
    (0xFFA0, 0xFFA0), (0xFFFC, 0xFFFC), (0x13441, 0x13446), (0x16FE4, 0x16FE4), (0x1D159, 0x1D159), (0xE0100, 0xE01EF)
)
# Letters that are joined: Arabic, Syriac, Mandaic, N'Ko, Mongolian, Phags-pa, Manichaean, Hanifi Rohingya, Adlam.
_JOINED = _ranges(
    (0x620, 0x6FF), (0x710, 0x77F), (0x7CA, 0x7EA), (0x840, 0x86A), (0x870, 0x8C9), (0x1820, 0x18AA), (0xA840, 0xA871)
) | _ranges((0x10AC0, 0x10AEF), (0x10D00, 0x10D23), (0x1E900, 0x1E943))
# Of these, the letters that are never joined to the next one.
_NOT_JOINED_TO_NEXT = _ranges(
    (0x621, 0x625), (0x627, 0x627), (0x629, 0x629), (0x62F, 0x632), (0x648, 0x648), (0x671, 0x677), (0x688, 0x699)
) | _ranges((0x6C0, 0x6C0), (0x6C3, 0x6CB), (0x6CD, 0x6CD), (0x6CF, 0x6CF), (0x6D2, 0x6D5), (0x6EE, 0x6EF))
_MONGOLIAN = _ranges((0x1820, 0x18AA))
_MONGOLIAN_SELECTORS = _ranges((0x180B, 0x180F))
_IDEOGRAPHIC_SELECTORS = _ranges((0xE0100, 0xE01EF))
_EGYPTIAN = _ranges((0x13000, 0x1345F))
_EMOJI_MODIFIERS = _ranges((0x1F3FB, 0x1F3FF))
_PICTOGRAPHS = (
    _ranges((0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139))
    | _ranges((0x2194, 0x21AA), (0x231A, 0x23FF), (0x25AA, 0x25FE), (0x2600, 0x27BF), (0x2934, 0x2935))
    | _ranges((0x2B05, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3299), (0x1F000, 0x1F1E5))
    | _ranges((0x1F200, 0x1F3FA), (0x1F400, 0x1FAFF))
)
# Controls of hieroglyphs that none follows. Without their own pattern, each would only be removed after the next one.
_LOOSE_CONTROLS = re.compile(
    "(?<![\U00013430-\U0001343f\U00013441-\U00013446])[\U00013430-\U0001343f\U00013441-\U00013446]++"
    "(?![\U00013000-\U0001342f\U00013440\U00013447-\U0001345f])"
)
# The flag of a region, like Scotland: a black flag and the region's letters as invisible tags.
_REGION_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")


def without_invisible(text: str) -> str:
    """The text without invisible characters, except those that its script or an emoji needs."""
    text = _LOOSE_CONTROLS.sub("", text.replace(BRAILLE_BLANK, " "))
    flags = chain.from_iterable(range(match.start(), match.end()) for match in _REGION_FLAG.finditer(text))
    return _remove(text, frozenset(flags))


def repeat_until_stable(clean: Callable[[str], str], text: str) -> str:
    """The text cleaned again and again until that changes nothing: steps of cleaning can make room for each other."""
    while (cleaned := clean(text)) != text:
        text = cleaned
    return text


def _remove(text: str, flag_positions: Iterable[int]) -> str:
    visible: list[str] = []
    for index, char in enumerate(text):
        if index in flag_positions or not _is_invisible(char) or _is_needed(char, visible, text[index + 1 : index + 2]):
            visible.append(char)
    return "".join(visible)


def _is_invisible(char: str) -> bool:
    if char in _BLANK:
        return True
    match unicodedata.category(char):
        case "Cc" | "Cs" | "Co":
            return True
        case "Cf":
            return char not in _VISIBLE_FORMATS
        case "Cn":  # a character that this version of Unicode does not have yet; an emoji may be newer
            return char not in _PICTOGRAPHS
    return False


def _is_needed(char: str, before: list[str], following: str) -> bool:
    """Whether this invisible character changes how the text before it, or the following character, looks."""
    last = before[-1] if before else ""
    if char in _IDEOGRAPHIC_SELECTORS:
        return unicodedata.name(last, "").startswith("CJK UNIFIED IDEOGRAPH") if last else False
    if char in _MONGOLIAN_SELECTORS:
        return last in _MONGOLIAN
    if char in _EGYPTIAN:  # the controls that arrange hieroglyphs
        return last in _EGYPTIAN and following in _EGYPTIAN
    if char == EMOJI_STYLE:
        return _takes_emoji_style(last, following)
    if char == NON_JOINER:
        return following.isalpha() and (_is_virama(last) or (_is_joined_to_next(before) and _is_joined(following)))
    return char == JOINER and (
        _joins_emoji(before, following)
        or _is_virama(last)
        or (_is_virama(following) and last.isalpha())
        or (_is_joined_to_next(before) != _is_joined(following))
    )


def _takes_emoji_style(last: str, following: str) -> bool:
    """Whether a character is a symbol that looks like text by default, or a key's."""
    if last and last in "0123456789#*":
        return following == "\u20e3"
    return last in _PICTOGRAPHS and unicodedata.east_asian_width(last) != "W"


def _joins_emoji(before: list[str], following: str) -> bool:
    base = next(
        (char for char in reversed(before[-MAX_MARKS - 1 :]) if char != EMOJI_STYLE and char not in _EMOJI_MODIFIERS),
        "",
    )
    return base in _PICTOGRAPHS and following in _PICTOGRAPHS


def _is_virama(char: str) -> bool:
    return bool(char) and unicodedata.combining(char) == VIRAMA_CLASS


def _is_joined(char: str) -> bool:
    return char in _JOINED and char.isalpha()


def _is_joined_to_next(before: list[str]) -> bool:
    """Whether the last letter, which may have vowel signs, is joined to the next one."""
    letter = next((char for char in reversed(before[-MAX_MARKS - 1 :]) if unicodedata.category(char) != "Mn"), "")
    return _is_joined(letter) and letter not in _NOT_JOINED_TO_NEXT


def clean_line(text: str) -> str:
    """A line of text as it is stored: NFC, single spaces, no invisible characters. Idempotent."""
    return repeat_until_stable(_clean_once, text)


def _clean_once(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", without_invisible(" ".join(text.split()))).split())
