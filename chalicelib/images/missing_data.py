"""HEIC and AVIF files that lack their last bytes: others stand for them, so that decoders read on.

Only for few bytes: decoders do not say where they leave what is there, and make up the rest.
"""

import struct
from typing import IO

from chalicelib.images.pieces import PieceFile
from chalicelib.images.probe import big_endian

MAX_BYTES, MAX_SHARE = 4096, 0.1
_MAX_BOXES = 100
_LARGE = 1  # the size of a box whose size follows its name


def fill(file: IO[bytes], filler: int = 0) -> tuple[IO[bytes], bool]:
    """The file with fillers up to the declared end of its media data, if few bytes are missing; and whether any are."""
    size, at = file.seek(0, 2), 0
    for _ in range(_MAX_BOXES):
        file.seek(at)
        head = file.read(16).ljust(16, b"\0")
        length = struct.unpack(">Q", head[8:])[0] if big_endian(head[:4]) == _LARGE else big_endian(head[:4])
        missing = at + length - size
        if head[4:8] == b"mdat" and 0 < missing <= min(MAX_BYTES, MAX_SHARE * size):
            return PieceFile(file, [range(size), bytes([filler]) * missing]).stream(), True
        if length < 8 or missing >= 0:
            break
        at += length
    file.seek(0)
    return file, False
