"""What a file says about a photo: the time it was taken, and the camera. The bytes are untrusted; no pixel is decoded.

    reader        the entry point: finds the blocks of a file and combines what they say
    containers    the blocks of JPEG, PNG, WebP and GIF; `images/isobmff` has those of HEIC and AVIF, `images/cr3` CR3's
    exif          EXIF, in the TIFF structure that `images/ifd` reads
    xmp, iptc     the other two kinds of blocks
    dates         dates as they are written, and which of several counts
    fields        what the readers of blocks return
    budget        what all blocks of a file may cost

Fields that cannot be read count as missing; a photo is never rejected because of them. Nothing else is read, least of
all the GPS position.
"""

from chalicelib.images.metadata.reader import Metadata, read_file, read_metadata

__all__ = ["Metadata", "read_file", "read_metadata"]
