"""Numbers out of bytes that need not be there: those of a container's boxes and those in a codec's header."""

from chalicelib.errors import Unreadable
from chalicelib.images.probe import DAMAGED

MAX_ZEROS = 32  # before a number of variable length, which then has as many bits


class Bits:
    """Some bytes, read from front to back, the highest bit first; raises Unreadable where they end too early.

    `at` is the place in bits.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def number(self, bits: int) -> int:
        """An unsigned number of so many bits."""
        first, end = self.at // 8, self.at + bits
        if end > 8 * len(self._data):
            raise Unreadable(DAMAGED)
        self.at = end
        last = (end + 7) // 8
        return int.from_bytes(self._data[first:last]) >> (8 * last - end) & ((1 << bits) - 1)

    def variable(self) -> int:
        """A number that tells its own length, by as many zeros before it (Exp-Golomb; `ue(v)`, `uvlc()`)."""
        zeros = 0
        while not self.number(1):
            zeros += 1
            if zeros > MAX_ZEROS:
                raise Unreadable(DAMAGED)
        return (1 << zeros) - 1 + self.number(zeros)

    def text(self, count: int) -> bytes:
        """So many bytes as they are; the place must be between two bytes."""
        start = self.at // 8
        self.number(8 * count)
        return self._data[start : start + count]

    def skip(self, bits: int) -> None:
        """Pass over so many bits."""
        self.number(bits)
