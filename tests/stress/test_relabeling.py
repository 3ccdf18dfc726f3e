"""Photos are labeled anew while others are edited, trashed and uploaded, and runs are killed: counts stay exact."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Protocol

import pytest
from moto import mock_aws
from PIL import Image

from chalicelib.errors import Conflict
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.ingest.uploads import UploadMetadata, Uploads
from chalicelib.labels.labeler import Detection, PhotoMetadata
from chalicelib.library.corrections import set_time
from chalicelib.library.label import Label
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import Edit
from chalicelib.maintenance import relabeling_pass
from chalicelib.maintenance.relabeling import Relabeling, RelabelingRequests
from chalicelib.maintenance.sweep import Sweep
from tests.fakes.library import Clock, MemoryLibrary, no_hook
from tests.fakes.processing import FixedLabeler
from tests.stress.aws_library import AwsLibrary, new_library
from tests.support import aws_clients
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled, call_hooks
from tests.support.invariants import LibrarySnapshot, find_count_violations, find_violations, read_memory

ANOTHER = "another"
FORMER, CURRENT = "fake-1", "fake-2"
# What the versions find in every photo, beside a label of one photo in three.
LABELS = {FORMER: ("sand", "sky"), CURRENT: ("sky", "mountain")}
WORDS = ("sand", "sky", "mountain", "aunt mary")
# Of the writes of a run: other people's changes before them, and kills.
CHANGES, KILLS = 0.25, 0.002
MAX_RUNS = 400


@dataclass
class VersionedLabeler(FixedLabeler):
    """Finds the labels of its version, and another one in a third of all photos."""

    version: str = FORMER

    def detect(self, image: Image.Image, metadata: PhotoMetadata) -> Detection:
        content: bytes = image.info["content"]
        names = (*LABELS[self.version], *(["lake"] if int(content.split()[-1]) % 3 == 0 else []))
        return Detection(tuple(Label(name, 90.0) for name in names))


class Library(Protocol):
    """A library over fakes or AWS adapters."""

    clock: Clock
    editor: PhotoEditor
    sweep: Sweep
    uploads: Uploads
    relabeling_requests: RelabelingRequests

    def deliver_event(self, key: str) -> object: ...
    def snapshot(self) -> LibrarySnapshot: ...
    def before_writes(self, hook: Callable[[], None]) -> AbstractContextManager[None]: ...


class InMemoryLibrary(MemoryLibrary):
    """A library over fakes."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sweep = replace(self.sweep, photos=self.ingest.photos)  # whose writes have hooks

    def snapshot(self) -> LibrarySnapshot:
        return read_memory(self)

    @contextmanager
    def before_writes(self, hook: Callable[[], None]) -> Iterator[None]:
        """Call this hook before each write."""
        self.before = lambda _: hook()
        try:
            yield
        finally:
            self.before = no_hook


class MotoLibrary(AwsLibrary):
    """A library over the AWS adapters."""

    @contextmanager
    def before_writes(self, hook: Callable[[], None]) -> Iterator[None]:
        """Call this hook before each write."""

        def before(name: str) -> None:
            if name.startswith(("Put", "Update", "Transact")):
                hook()

        with call_hooks(self.clients, before=before, after=lambda _: None):
            yield


@dataclass
class Story:
    """Owners who change their photos while they are labeled anew, and the tags that they added and removed."""

    library: Library
    labeler: VersionedLabeler
    rng: Random
    photo_ids: list[str] = field(default_factory=list)
    words: dict[str, set[str]] = field(default_factory=dict)
    dismissed: dict[str, set[str]] = field(default_factory=dict)
    runs: int = 0
    kills: int = 0
    changes: int = 0
    moves: int = 0
    _is_changing: bool = False

    def upload(self) -> None:
        """Upload a photo, one in ten of another owner."""
        number = len(self.photo_ids)
        owner = ANOTHER if number % 10 == 9 else OWNER
        details = UploadMetadata("a.jpg", user_tags=("holiday",), visibility=list(Visibility)[number % 2])
        content = f"{self._another_date().isoformat()} picture {number}".encode()
        photo = self.library.uploads.store_original(owner, details, content)
        self.library.deliver_event(photo.key)
        self.library.clock.advance(timedelta(seconds=1))
        self.photo_ids.append(photo.photo_id)
        self.words[photo.photo_id] = {"holiday"}
        self.dismissed[photo.photo_id] = set()

    def change(self) -> None:
        """Let somebody upload a photo, or change one."""
        self.changes += 1
        if (kind := self.rng.randrange(6)) == 0:
            self.upload()
            return
        photo_id = self.rng.choice(self.photo_ids)
        owner = self.owner_of(photo_id)
        editor, word = self.library.editor, self.rng.choice(WORDS)
        if kind == 1:
            editor.add_tags(owner, photo_id, (word,))
            self.words[photo_id].add(word)
            self.dismissed[photo_id].discard(word)
        elif kind == 2:
            before = editor.apply(owner, photo_id, lambda photo: photo)
            editor.remove_tags(owner, photo_id, (word,))
            self.words[photo_id].discard(word)
            self.dismissed[photo_id] |= {word} & set(before.label_names)
        elif kind == 3:
            editor.trash(owner, photo_id)
        elif kind == 4:
            editor.restore(owner, photo_id)
        else:
            self.moves += 1
            editor.edit(owner, photo_id, Edit(corrections=(partial(set_time, local=self._another_date()),)))

    def owner_of(self, photo_id: str) -> str:
        """The owner of this photo."""
        return ANOTHER if self.photo_ids.index(photo_id) % 10 == 9 else OWNER

    def run_schedule(self, *, is_disturbed: bool) -> None:
        """Run the schedule, which others disturb and which may be killed at any write."""

        def disturb() -> None:
            if self._is_changing:
                return
            if self.rng.random() < KILLS:
                self.kills += 1
                raise ProcessKilled
            if self.rng.random() < CHANGES:
                self._is_changing = True
                self.change()
                self._is_changing = False

        self.runs += 1
        self.library.clock.advance(timedelta(minutes=5))
        try:
            with self.library.before_writes(disturb if is_disturbed else lambda: None):
                swept = self.library.sweep.run(lambda: timedelta(seconds=40))
        except ProcessKilled:
            return
        assert swept.totals.drifted == 0
        # A photo that others change while it is labeled is labeled later.
        assert all(isinstance(failure.error, Conflict) for failure in swept.failures)

    def progress(self) -> Relabeling:
        found = self.library.relabeling_requests.get(OWNER)
        assert found
        return found

    def check(self) -> None:
        """Check what holds after each run: counts equal a recount, progress counts only what is labeled."""
        snapshot = self.library.snapshot()
        assert find_count_violations(snapshot) == []
        current = [p for p in snapshot.photos.values() if p.owner == OWNER and p.labeler == CURRENT]
        assert self.progress().labeled <= len(current) + self.moves
        for photo_id, photo in snapshot.photos.items():
            assert self.words[photo_id] <= set(photo.tags), photo
            assert not self.dismissed[photo_id] & set(photo.label_names), photo

    def check_end(self) -> None:
        """Check what holds in the end: every published photo of the owner has the labels of the current version."""
        snapshot = self.library.snapshot()
        assert find_violations(snapshot) == []
        assert self.progress().labeled == self.progress().photos
        for photo_id, photo in snapshot.photos.items():
            assert photo.state is State.READY
            if photo.owner == OWNER:
                assert photo.labeler == CURRENT, photo
            found, labels = {*self._found(photo)} - self.dismissed[photo_id], set(photo.label_names)
            # A label that its owner removed and added again is only a tag of the owner.
            assert found - self.words[photo_id] <= labels <= found, photo
            assert set(photo.user_tags) == self.words[photo_id], photo

    def _found(self, photo: Photo) -> Iterator[str]:
        yield from LABELS[photo.labeler]
        if self.photo_ids.index(photo.photo_id) % 3 == 0:
            yield "lake"

    def _another_date(self) -> datetime:
        return self.library.clock().replace(tzinfo=None) - timedelta(days=self.rng.randrange(1, 1000))


def relabel(library: Library, labeler: VersionedLabeler, photos: int, seed: int) -> Story:
    """Upload photos, update the labeler, and label all photos of one owner anew while much else happens."""
    story = Story(library, labeler, Random(seed))
    for _ in range(photos):
        story.upload()
        story.change()
    labeler.version = CURRENT
    library.relabeling_requests.start(OWNER, ())
    for _ in range(MAX_RUNS):
        story.run_schedule(is_disturbed=True)
        story.check()
        if not story.progress().is_running:
            break
    for photo_id in story.photo_ids:  # what was in the trash is labeled now
        library.editor.restore(story.owner_of(photo_id), photo_id)
    for _ in range(3):
        library.clock.advance(timedelta(minutes=15))
        story.run_schedule(is_disturbed=False)
    story.check()
    story.check_end()
    return story


@pytest.mark.parametrize("seed", range(3))
def test_photos_labeled_anew_among_changes_and_kills_keep_the_invariants(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(relabeling_pass, "MAX_WAITING", 20)
    monkeypatch.setattr(relabeling_pass, "PAGE_SIZE", 7)
    monkeypatch.setitem(globals(), "KILLS", 0.03)
    labeler = VersionedLabeler()
    story = relabel(InMemoryLibrary(labeler=labeler), labeler, photos=80, seed=seed)
    assert story.kills > 0


@pytest.mark.proof
def test_2000_photos_labeled_anew_among_changes_and_kills_keep_the_invariants() -> None:
    labeler = VersionedLabeler()
    story = relabel(InMemoryLibrary(labeler=labeler), labeler, photos=2000, seed=1)
    assert story.kills > 2
    done = story.progress()
    print(f"{done.labeled} of {done.photos} photos labeled anew in {story.runs} runs, {story.kills} of them killed")  # noqa: T201
    print(f"meanwhile {len(story.photo_ids) - 2000} photos uploaded, {story.changes} changes in all")  # noqa: T201


@pytest.mark.proof
def test_photos_labeled_anew_with_the_aws_adapters_keep_the_invariants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relabeling_pass, "MAX_WAITING", 10)
    monkeypatch.setitem(globals(), "KILLS", 0.03)
    labeler = VersionedLabeler()
    with mock_aws(), new_library(aws_clients.moto_clients()) as real:
        processor = replace(real.ingest.processor, labeler=labeler)
        ingest = replace(real.ingest, processor=processor)
        sweep = replace(
            real.sweep,
            ingest=ingest,
            processor=processor,
            relabeling=replace(real.sweep.relabeling, labeler=labeler),
            reconciliation=replace(real.sweep.reconciliation, ingest=ingest),
        )
        library = MotoLibrary(**{name: getattr(real, name) for name in AwsLibrary.__dataclass_fields__})
        library.ingest, library.sweep = ingest, sweep
        story = relabel(library, labeler, photos=40, seed=1)
    assert story.kills > 0
