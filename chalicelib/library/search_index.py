"""The words that searches find a photo by. Its record has them, so that its rows in the index follow from the record.

Words of the caption and of tags are for everyone who may see the photo; those of its place, camera, lens and file name
are its owner's alone.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import PurePath

from chalicelib.library.photo import Photo
from chalicelib.library.words import distinct_words

# Of the rules here and in `words`: when they change, photos are indexed again. 0 is a photo that was never indexed.
INDEX_REVISION = 2
MAX_WORDS = 40
# What a long caption leaves to the rest, unless that needs less.
MAX_FIRST_CAPTION_WORDS = 20


def index_photo(photo: Photo) -> Photo:
    """The photo with the words it is found by, at most 40 by its owner and 40 by others."""
    caption = distinct_words((photo.caption,))
    tags = distinct_words(photo.tags)
    private = distinct_words(
        (*photo.place, photo.camera or "", PurePath(photo.filename).stem or photo.filename, photo.lens or "")
    )
    first = caption[:MAX_FIRST_CAPTION_WORDS]
    return replace(
        photo,
        words=_first((*first, *tags, *private, *caption), MAX_WORDS),
        # Cut without regard to the private words, which could be found out by what is left over else.
        public_words=_first((*first, *tags, *caption), MAX_WORDS),
        index_revision=INDEX_REVISION,
    )


def _first(words: Iterable[str], count: int) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(words), count))
