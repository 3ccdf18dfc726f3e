"""From an original's bytes to the pictures made of it. The bytes are hostile until proved otherwise.

    rendering     the way through: an original in, thumbnail, resized, preview, small and placeholder out
    formats       the table of what is opened, and how it is written again
    headers       what a file declares of its size, and the memory that decoding it takes; likewise
                  tiff, and over `boxes` and `bits`, heic and avif
    exif          which way is up, when it was taken, by what camera
    colour        what the numbers mean: sRGB, with or without alpha
    framing       what is cut away, halved and turned
    placeholder   the blur that a page draws until the picture is there

Importing this package loads Pillow, hence nothing that answers requests does.
"""

from chalicelib.images.rendering import Derivative, Rendered, render

__all__ = ["Derivative", "Rendered", "render"]
