from io import BytesIO

import pytest

from chalicelib.images.pieces import PieceFile

SOURCE = bytes(range(100))


def test_pieces_are_read_as_one_file() -> None:
    file = PieceFile(BytesIO(SOURCE), [b"head", range(10, 20), range(20, 30), b"", range(50, 50), b"end"])
    whole = b"head" + SOURCE[10:30] + b"end"
    assert file.read() == whole
    assert file.read(5) == b""
    for start in range(len(whole) + 2):
        for count in (0, 1, 5, 99, -1):
            assert file.seek(start) == start
            assert file.read(count) == (whole[start:] if count < 0 else whole[start : start + count])


def test_positions_are_counted_from_start_end_and_here() -> None:
    file = PieceFile(BytesIO(SOURCE), [b"head", range(10, 20)])
    assert (file.seek(-3, 2), file.read(1), file.tell()) == (11, bytes([17]), 12)
    assert (file.seek(-8, 1), file.read(1)) == (4, bytes([10]))
    with pytest.raises(ValueError, match="before the start"):
        file.seek(-1)


def test_source_that_ends_early_ends_the_file() -> None:
    assert PieceFile(BytesIO(SOURCE), [range(90, 200), b"end"]).read() == SOURCE[90:]
    assert PieceFile(BytesIO(SOURCE), []).read() == b""
