import time

from chalicelib.util.text import without_invisible

HIEROGLYPH, JOINER = "\U00013000", "\U00013430"


def test_invisible_characters_after_many_others_take_little_time() -> None:
    start = time.process_time()
    without_invisible("\u0628" + "\u0301\u200d" * 20_000)
    without_invisible("\U0001f600" + "\U0001f3fb\u200d" * 20_000)
    assert time.process_time() - start < 3


def test_vowel_signs_do_not_hide_the_letter_before_a_joiner() -> None:
    joined = "\u0628" + "\u064e" * 30 + "\u200d"
    assert without_invisible(joined) == joined


def test_controls_of_hieroglyphs_stay_between_them() -> None:
    assert without_invisible(HIEROGLYPH + JOINER + HIEROGLYPH) == HIEROGLYPH + JOINER + HIEROGLYPH


def test_any_number_of_controls_without_a_hieroglyph_after_them_is_removed_at_once() -> None:
    assert without_invisible(HIEROGLYPH + JOINER * 1000) == HIEROGLYPH
    assert without_invisible(f"{HIEROGLYPH}{JOINER * 1000}a") == f"{HIEROGLYPH}a"
