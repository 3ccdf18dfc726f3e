import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.library.words import distinct_words, fold, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Lisbon, São-Paulo IMG_1234", ["lisbon", "sao", "paulo", "img", "1234"]),
        ("Łódź straße Ærø", ["lodz", "strasse", "aero"]),
        ("été ÉTÉ e\u0301te\u0301", ["ete", "ete", "ete"]),
        ("東京の猫", ["東京", "京の", "の猫"]),
        ("猫", ["猫"]),
        ("🐕 dog🐈", ["🐕", "dog", "🐈"]),
        ("हिन्दी", ["हिनदी"]),
        ("\u202eabc\u200bd %'\"<b>", ["abcd", "b"]),
        ("a" * 100, ["a" * 64]),
        ("  \n ", []),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@given(st.text())
def test_folding_is_idempotent_and_words_are_found_by_themselves(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for word in words_of(text):
        assert 1 <= len(word) <= 64
        assert "#" not in word
        assert distinct_words([word])[0] == word or len(word) == 64
