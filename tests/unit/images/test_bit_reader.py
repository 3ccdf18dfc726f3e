import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unreadable
from chalicelib.images.bit_reader import BitReader, LittleEndianBitReader


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2**40)), max_size=20))
def test_numbers_round_trip(numbers: list[tuple[int, int]]) -> None:
    written = "".join(f"{value % 2**bits:0{bits}b}" if bits else "" for bits, value in numbers)
    size = (len(written) + 7) // 8
    bits = BitReader(int(written.ljust(8 * size, "0") or "0", 2).to_bytes(size))
    assert [bits.read(count) for count, _ in numbers] == [value % 2**count for count, value in numbers]
    assert bits.position == len(written)


@pytest.mark.parametrize(("written", "value"), [("1", 0), ("010", 1), ("011", 2), ("00100", 3), ("0001000", 7)])
def test_exp_golomb_numbers_are_decoded(written: str, value: int) -> None:
    bits = BitReader(bytes([int(written.ljust(8, "0"), 2)]))
    assert (bits.read_exp_golomb(), bits.position) == (value, len(written))


def test_reading_past_the_end_is_damaged() -> None:
    bits = BitReader(b"ab")
    assert bits.read_bytes(1) == b"a"
    for read in (lambda: bits.read(9), lambda: bits.read_bytes(2), lambda: BitReader(bytes(99)).read_exp_golomb()):
        with pytest.raises(Unreadable, match="damaged"):
            read()
    assert bits.read(8) == ord("b")


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2**40)), max_size=20))
def test_little_endian_numbers_round_trip(numbers: list[tuple[int, int]]) -> None:
    value = position = 0
    for bits, number in numbers:
        value |= number % 2**bits << position
        position += bits
    reader = LittleEndianBitReader(value.to_bytes((position + 7) // 8, "little"))
    assert [reader.read(bits) for bits, _ in numbers] == [number % 2**bits for bits, number in numbers]
    with pytest.raises(Unreadable):
        reader.read(8)
