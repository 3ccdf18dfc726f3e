from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bundles.zip.parts import MIB, PartWriter, part_size

GIB = 1024 * MIB


@given(st.lists(st.binary(max_size=30)), st.integers(1, 20), st.integers(1, 4))
def test_parts_are_in_order_and_full_except_the_last(written: list[bytes], size: int, thread_count: int) -> None:
    sent: dict[int, bytes] = {}

    def send(number: int, data: bytes) -> str:
        sent[number] = data
        return str(number)

    with ThreadPoolExecutor(thread_count) as threads:
        parts = PartWriter(send, threads, size=size, max_in_flight=thread_count)
        for data in written:
            parts.write(data)
        etags = parts.finish()
    assert etags == [str(number) for number in range(1, len(sent) + 1)]
    in_order = [sent[number] for number in sorted(sent)]
    assert b"".join(in_order) == b"".join(written)
    assert parts.bytes == sum(map(len, written))
    assert all(len(data) == size for data in in_order[:-1])
    assert 0 < len(in_order[-1]) <= size or in_order == [b""]


def test_parts_in_flight_are_limited() -> None:
    in_flight, max_seen, full = 0, 0, Event()
    lock = Lock()

    def send(number: int, data: bytes) -> str:
        nonlocal in_flight, max_seen
        with lock:
            in_flight += 1
            max_seen = max(max_seen, in_flight)
            if in_flight == 2:
                full.set()
        assert full.wait(10)
        with lock:
            in_flight -= 1
        return ""

    with ThreadPoolExecutor(8) as threads:
        parts = PartWriter(send, threads, size=1, max_in_flight=2)
        parts.write(bytes(20))
        assert len(parts.finish()) == 20
    assert max_seen == 2


def test_error_of_a_part_is_raised_by_a_later_write() -> None:
    def send(number: int, data: bytes) -> str:
        raise OSError("connection lost")

    with ThreadPoolExecutor(2) as threads:
        parts = PartWriter(send, threads, size=1, max_in_flight=2)
        with pytest.raises(OSError, match="connection lost"):
            parts.write(bytes(3))


def test_part_size_allows_at_most_10000_parts() -> None:
    assert part_size(0, 8 * MIB) == part_size(2 * GIB, 8 * MIB) == part_size(10_000 * 8 * MIB, 8 * MIB) == 8 * MIB
    assert part_size(10_000 * 8 * MIB + 1, 8 * MIB) == 9 * MIB
    largest = 5 * 1024 * GIB
    assert -(-largest // part_size(largest, 8 * MIB)) <= 10_000
