"""Texts are cleaned of what a library does not take."""

from tintype_cli.sources.limits import clean_text


def test_clean_text() -> None:
    assert clean_text("a\ud800b\0c") == "a\ufffdbc"
