"""Texts are cut to what a library takes."""

from tintype_cli.photos import ImportAlbum, PhotoDetails
from tintype_cli.sources.limits import clean_text, fit, fit_album


def test_long_caption_is_cut_with_a_reason() -> None:
    details = PhotoDetails(caption="é" * 2001, rating=3)
    assert fit(details) == (
        PhotoDetails(caption="é" * 2000, rating=3),
        ("The caption was cut after 2,000 characters; it has 2,001.",),
    )


def test_caption_that_fits_stays() -> None:
    for caption, expected in (("x" * 2000, "x" * 2000), (" a\nb ", "a\nb"), (" ", None), (None, None)):
        assert fit(PhotoDetails(caption=caption)) == (PhotoDetails(caption=expected), ())


def test_album_gets_a_title_on_one_line() -> None:
    album = fit_album(ImportAlbum("k", " A\n B" + "x" * 300, "d" * 3000))
    assert (album.title, album.description) == ("A B" + "x" * 197, "d" * 2000)
    assert fit_album(ImportAlbum("k", "\0 \n")).title == "Untitled"


def test_clean_text() -> None:
    assert clean_text("a\ud800b\0c") == "a\ufffdbc"
