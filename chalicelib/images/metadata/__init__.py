"""What a file says about a photo: when, where and with what it was taken, and what people wrote of it.

The bytes are untrusted; no pixel is decoded.

    reader        the entry point: finds the blocks of a file and combines what they say
    containers    the blocks of JPEG, PNG, WebP and GIF; `images/isobmff` has those of HEIC and AVIF, `images/cr3` CR3's
    exif          EXIF, in the TIFF structure that `images/ifd` reads
    xmp, iptc     the other two kinds of blocks
    fields        what the readers of blocks return
    merging       what counts if several blocks say something
    dates         dates as they are written, and which of several counts
    captions      titles and descriptions as one text, without those that cameras write
    names         cameras and lenses
    positions     the GPS position
    budget        what all blocks of a file may cost

Fields that cannot be read count as missing; a photo is never rejected because of them. The GPS position
is read for the owner of the photo only; it is in no derivative, and in no answer to anybody else.
"""

from chalicelib.images.metadata.merging import Metadata
from chalicelib.images.metadata.reader import read_file, read_metadata

__all__ = ["Metadata", "read_file", "read_metadata"]
