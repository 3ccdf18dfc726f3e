"""One volume of a bundle: originals stored as they are in one zip, which is never whole in one place until it is done.

    building    the way through: originals in, a finished upload out, or none at all
    readahead   the originals, asked for in pieces before it is their turn
    archive     the zip, entry by entry
    parts       what the zip is cut into, and sent while the rest is made
    naming      what a photo is called in there
    entries     what is to be done, and what was done

Memory holds a window of pieces and a few parts, whatever the number of photos and however large each is.
"""

from chalicelib.bundles.zip.building import ZipBuilder
from chalicelib.bundles.zip.entries import BuiltVolume, Entry, Skipped
from chalicelib.bundles.zip.naming import unique_names
from chalicelib.bundles.zip.parts import MultipartUploader
from chalicelib.bundles.zip.readahead import OriginalReader

__all__ = ["BuiltVolume", "Entry", "MultipartUploader", "OriginalReader", "Skipped", "ZipBuilder", "unique_names"]
