import threading

from local.fair_semaphore import FairSemaphore

LIMIT, THREADS = 3, 12


def start(target: object, *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread


def test_threads_enter_in_the_order_in_which_they_came_and_nobody_overtakes() -> None:
    semaphore, entered = FairSemaphore(1), list[int]()

    def enter(number: int) -> None:
        with semaphore:
            entered.append(number)

    threads = list[threading.Thread]()
    with semaphore:
        for number in range(THREADS):
            threads.append(start(enter, number))
            while len(semaphore._waiting) <= number:
                threading.Event().wait(0.001)
    enter(THREADS)  # comes while the first is being woken
    for thread in threads:
        thread.join(10)
    assert entered == list(range(THREADS + 1))


def test_no_more_than_the_limit_are_in_and_an_error_frees_the_place() -> None:
    semaphore, barrier = FairSemaphore(LIMIT), threading.Barrier(LIMIT)
    inside, most, lock = 0, 0, threading.Lock()

    def enter() -> None:
        nonlocal inside, most
        try:
            with semaphore:
                with lock:
                    inside += 1
                    most = max(most, inside)
                barrier.wait(10)  # all places can be taken at once
                with lock:
                    inside -= 1
                raise ValueError
        except ValueError:
            pass

    for thread in [start(enter) for _ in range(LIMIT * 4)]:
        thread.join(10)
    assert (most, inside, semaphore._free) == (LIMIT, 0, LIMIT)
