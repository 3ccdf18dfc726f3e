"""Image processing: an original's bytes in, derivatives out. Treats every byte of the input as hostile.

    rendering     the entry point: decodes an original once and returns all derivatives
    formats       the table of supported formats: how each is probed, opened and written
    probe         reads dimensions from headers before decoding and estimates the memory needed; also
                  tiff, jxl_header, heic and avif (the latter two on top of isobmff and bit_reader)
    raw           camera raw files, displayed by an embedded preview (raw_previews); on top of ifd and cr3
    ifd           the directories of the TIFF structure, which raw files and EXIF are stored in
    jpeg, png, gif, webp  select what of a file is decoded, without malformed metadata; on top of chunks
    partial       images that end early or are damaged, as far as they can be decoded; on top of pieces
    metadata      the time a photo was taken and the camera, from EXIF, XMP and IPTC
    orientation   how the decoder says to rotate
    other_files   names files that are not images
    memory        keeps a process within its limit over many images
    color         conversion to sRGB, with or without alpha
    geometry      scaling, cropping and rotation
    placeholder   the thumbhash that pages draw until the image has loaded
    perceptual_hash  what near-duplicates are found by

Importing this package loads Pillow, so the API routes never import it.
"""

from chalicelib.images.metadata import Metadata, read_file
from chalicelib.images.perceptual_hash import perceptual_hash
from chalicelib.images.rendering import Derivative, RenderedImages, decode, render

__all__ = ["Derivative", "Metadata", "RenderedImages", "decode", "perceptual_hash", "read_file", "render"]
