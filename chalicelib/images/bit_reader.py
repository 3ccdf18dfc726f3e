"""Reads bit fields from untrusted bytes: boxes of a container and headers of a codec."""

from chalicelib.errors import Unreadable
from chalicelib.images.probe import DAMAGED

MAX_ZEROS = 32  # of an Exp-Golomb number, which is followed by as many bits


class BitReader:
    """Reads bits in order, most significant first; raises Unreadable if the data ends too early.

    `position` is in bits.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def read(self, bits: int) -> int:
        """Read an unsigned number of `bits` bits."""
        first, end = self.position // 8, self.position + bits
        if end > 8 * len(self._data):
            raise Unreadable(DAMAGED)
        self.position = end
        last = (end + 7) // 8
        return int.from_bytes(self._data[first:last]) >> (8 * last - end) & ((1 << bits) - 1)

    def read_exp_golomb(self) -> int:
        """Read an Exp-Golomb number (`ue(v)`, `uvlc()`)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > MAX_ZEROS:
                raise Unreadable(DAMAGED)
        return (1 << zeros) - 1 + self.read(zeros)

    def read_bytes(self, count: int) -> bytes:
        """Read `count` bytes; the position must be on a byte boundary."""
        start = self.position // 8
        self.read(8 * count)
        return self._data[start : start + count]

    def skip(self, bits: int) -> None:
        """Skip `bits` bits."""
        self.read(bits)


class LittleEndianBitReader:
    """Reads bits in order, least significant first; raises Unreadable if the data ends too early."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._bits = 8 * len(data)
        self._position = 0

    def read(self, bits: int) -> int:
        """Read an unsigned number of `bits` bits."""
        if self._position + bits > self._bits:
            raise Unreadable(DAMAGED)
        value = self._value >> self._position & ((1 << bits) - 1)
        self._position += bits
        return value

    def read_choice(self, *choices: tuple[int, int]) -> int:
        """Read a number in one of four forms, which two bits choose: an offset, and the bits added to it."""
        offset, bits = choices[self.read(2)]
        return offset + self.read(bits)
