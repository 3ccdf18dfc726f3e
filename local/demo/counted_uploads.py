"""Uploads over several connections, counted by what the library answered, also if they are interrupted."""

import signal
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from local.demo.photos import DemoPhoto


class CountedUploads:
    """Uploads photos with `upload`, which returns the id of a new photo, or None if the library has it already."""

    def __init__(self, upload: Callable[[DemoPhoto], str | None], connections: int) -> None:
        self.added = 0
        self.known = 0
        self._upload = upload
        self._connections = connections
        self._lock = threading.Lock()

    def run(self, photos: Iterable[DemoPhoto], on_progress: Callable[[DemoPhoto], None]) -> None:
        """Upload all photos; raises UserError of the first that fails.

        After Ctrl-C, the uploads that have begun are finished and counted before KeyboardInterrupt is raised.
        """
        pending = set[Future[None]]()
        with ThreadPoolExecutor(self._connections) as threads:
            try:
                for photo in photos:
                    pending.add(threads.submit(self._upload_and_count, photo))
                    while len(pending) >= self._connections + 1:  # which keeps a few files in memory, not all
                        pending = _wait_for_one(pending)
                    on_progress(photo)
                while pending:
                    pending = _wait_for_one(pending)
            except KeyboardInterrupt:
                handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
                threads.shutdown(cancel_futures=True)
                signal.signal(signal.SIGINT, handler)
                raise

    def _upload_and_count(self, photo: DemoPhoto) -> None:
        added = self._upload(photo) is not None
        with self._lock:
            self.added += added
            self.known += not added


def _wait_for_one(pending: set[Future[None]]) -> set[Future[None]]:
    """The uploads that are left once one has finished; raises the error of one that failed."""
    done, left = wait(pending, return_when=FIRST_COMPLETED)
    for each in done:
        each.result()
    return left
