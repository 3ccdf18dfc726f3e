"""SQLite's write-ahead log, read without SQLite: what of it will be replayed, and what was committed after that.

SQLite replays the transactions before the first frame with a wrong checksum, and overwrites the others without a word.
Two things show that there were others:

- Later frames with the log's current salt whose checksum continues that of the frame before them, and that end a
  transaction. A transaction that was being written at a power cut may leave one of these, as its frames reach the disk
  in any order; it was never answered.
- The number of committed frames in FILE-shm, which SQLite writes after it has synced them. It also shows that a log
  was cut short. After a power cut it may be missing or older: then a log that was cut short looks like one whose last
  transaction was never finished.

FILE-shm also says how many frames a checkpoint has copied to FILE. If these are more than can be replayed, replaying
would put older pages beside newer ones.

The formats: https://www.sqlite.org/fileformat2.html#the_write_ahead_log and https://www.sqlite.org/walformat.html
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HEADER = struct.Struct(">4sIII8sII")  # magic, version, page size, checkpoint, salts, checksum
FRAME = struct.Struct(">II8sII")  # page, pages of the database at the end of a transaction or 0, salts, checksum
BYTE_ORDERS = {b"\x37\x7f\x06\x82": "<", b"\x37\x7f\x06\x83": ">"}  # of the words that are summed, by magic
INDEX_HEADER = struct.Struct("=16xI12x8sII")  # the machine's own byte order: committed frames, salts, checksum
CHECKPOINTED = struct.Struct("=I")  # frames that were copied to FILE
CHECKPOINTED_OFFSET = 2 * INDEX_HEADER.size
WORD = 0xFFFFFFFF

type Checksum = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Log:
    """How many transactions SQLite would replay, and how many others were committed, as far as they can be found."""

    usable: bool  # false if it has no valid header, or if replaying it would mix older pages with newer ones
    replayed: int = 0
    lost: int | None = None  # None: unknown


@dataclass(frozen=True, slots=True)
class Index:
    """What FILE-shm says of a log: the numbers of committed frames and of those that are in FILE as well."""

    committed: int
    checkpointed: int


def read_log(path: Path, index: Path) -> Log:
    """What SQLite will make of the log; `index` is FILE-shm. Raises FileNotFoundError without a log."""
    with path.open("rb") as file:
        header = file.read(HEADER.size)
        order = BYTE_ORDERS.get(header[:4], "")
        if len(header) < HEADER.size or not order:
            return Log(usable=False)
        _, _, page_size, _, salts, *stored = HEADER.unpack(header)
        checksum = _add(header[:-8], (0, 0), order)
        if checksum != tuple(stored) or not 512 <= page_size <= 65536:
            return Log(usable=False)
        replayed, others = _find_transactions(file, order, page_size, salts, checksum)
    return _compare(replayed, others, _read_index(index, salts))


def _compare(replayed: list[int], others: list[int], index: Index | None) -> Log:
    """The log whose transactions end with these frames: those that SQLite replays, and those after a wrong checksum."""
    last = replayed[-1] if replayed else 0
    if index is None:
        return Log(True, len(replayed), len(others))
    if index.committed <= last:
        is_unfinished = len(others) == 1
        return Log(True, len(replayed), 0 if is_unfinished else len(others))
    if index.checkpointed <= last:
        return Log(True, len(replayed), max(len(others), 1))
    found = sum(number > index.checkpointed for number in others)
    return Log(False, 0, max(found, 1) if index.committed > index.checkpointed else found)


def _find_transactions(
    file: IO[bytes], order: str, page_size: int, salts: bytes, checksum: Checksum
) -> tuple[list[int], list[int]]:
    """The last frames of the transactions before, and after, the first frame with a wrong checksum, from 1."""
    replayed: list[int] = []
    others: list[int] = []
    intact = True
    for number, frame in enumerate(_frames(file, page_size), 1):
        _, ends_transaction, frame_salts, *stored = FRAME.unpack(frame[: FRAME.size])
        is_current = frame_salts == salts
        if intact or (is_current and ends_transaction):
            is_valid = is_current and _frame_checksum(frame, checksum, order) == tuple(stored)
            if is_valid and ends_transaction:
                (replayed if intact else others).append(number)
            intact = intact and is_valid
        checksum = (stored[0], stored[1])
    return replayed, others


def _frames(file: IO[bytes], page_size: int) -> Iterator[bytes]:
    while len(frame := file.read(FRAME.size + page_size)) == FRAME.size + page_size:
        yield frame


def _frame_checksum(frame: bytes, checksum: Checksum, order: str) -> Checksum:
    """The sum over page number, size and page, continuing that of the frame before."""
    return _add(frame[FRAME.size :], _add(frame[:8], checksum, order), order)


def _add(data: bytes, checksum: Checksum, order: str) -> Checksum:
    first, second = checksum
    for even, odd in struct.iter_unpack(f"{order}II", data):
        first = (first + even + second) & WORD
        second = (second + odd + first) & WORD
    return first, second


def _read_index(path: Path, salts: bytes) -> Index | None:
    """What FILE-shm says; None if it is missing, damaged or of another log."""
    try:
        data = path.read_bytes()[: CHECKPOINTED_OFFSET + CHECKPOINTED.size]
    except FileNotFoundError:
        return None
    committed = []
    if len(data) == CHECKPOINTED_OFFSET + CHECKPOINTED.size:
        for header in (data[: INDEX_HEADER.size], data[INDEX_HEADER.size : CHECKPOINTED_OFFSET]):
            frames, of_salts, *stored = INDEX_HEADER.unpack(header)
            if of_salts == salts and _add(header[:-8], (0, 0), "=") == tuple(stored):
                committed.append(frames)
    if not committed:
        return None
    (checkpointed,) = CHECKPOINTED.unpack(data[CHECKPOINTED_OFFSET:])
    return Index(max(committed), checkpointed if checkpointed <= max(committed) else 0)
