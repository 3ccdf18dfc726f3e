from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from PIL import Image

from chalicelib.errors import Conflict, Unavailable
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.labels.labeler import Detection, PhotoMetadata
from chalicelib.library.corrections import set_time
from chalicelib.library.label import Label
from chalicelib.library.photo import Photo, State
from chalicelib.library.transitions import Edit, remove_tags
from chalicelib.maintenance import relabeling_pass
from chalicelib.maintenance.relabeling import ANOTHER_IS_RUNNING, MAX_WAIT, MAX_WALKS, Relabeling
from chalicelib.maintenance.relabeling_pass import RelabelingReport
from tests.fakes.library import MemoryLibrary
from tests.fakes.processing import FixedLabeler
from tests.support.factories import NOON, OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always, steps


def no_time() -> bool:
    return False


@dataclass
class NamedLabeler(FixedLabeler):
    """Labels every photo with these names."""

    names: tuple[str, ...] = ("sand", "sky")
    fails: Callable[[bytes], bool] = lambda _: False
    labeled: list[bytes] = field(default_factory=list)

    def detect(self, image: Image.Image, metadata: PhotoMetadata) -> Detection:
        super().detect(image, metadata)
        content: bytes = image.info["content"].removeprefix(b"image of ")
        if self.fails(content):
            raise ValueError("This image is odd.")
        self.labeled.append(content)
        return Detection(tuple(Label(name, 90.0) for name in self.names))


@dataclass
class Fixture:
    """A library whose photos an earlier version of the labeler has labeled, each by the last word of its content."""

    labeler: NamedLabeler = field(default_factory=NamedLabeler)

    def __post_init__(self) -> None:
        self.library = MemoryLibrary(labeler=self.labeler)
        self.pass_ = self.library.sweep.relabeling

    def upload(self, *contents: str, tags: tuple[str, ...] = (), owner: str = OWNER) -> list[str]:
        ids = []
        for content in contents:
            stored = self.library.uploads.store_original(
                owner, UploadMetadata("a.jpg", user_tags=tags), content.encode()
            )
            self.library.deliver_event(stored.key)
            self.library.clock.advance(timedelta(seconds=1))
            ids.append(stored.photo_id)
        return ids

    def update_labeler(self, *names: str) -> None:
        """Replace the labeler by a new version that finds these labels."""
        self.labeler.version, self.labeler.names = "fake-2", names
        self.labeler.labeled.clear()

    def start(self, *tags: str) -> Relabeling:
        return self.library.relabeling_requests.start(OWNER, tags)

    def sweep(self) -> None:
        swept = self.library.sweep.run(lambda: timedelta(minutes=1))
        assert swept.failures == ()

    def photo(self, photo_id: str) -> Photo:
        found = self.library.photos.get(photo_id)
        assert found
        return found

    def progress(self) -> tuple[int, int, bool]:
        """The photos, those labeled, and whether it is running."""
        found = self.library.relabeling_requests.get(OWNER)
        assert found
        return found.photos, found.labeled, found.is_running

    def counts(self) -> dict[str, int]:
        assert find_violations(read_memory(self.library)) == []
        return {trend.tag: trend.totals.count for trend in self.library.photos.list_tags(f"owner/{OWNER}", "", 50)}


def edit(fixture: Fixture, photo_id: str, change: Edit) -> None:
    fixture.library.editor.edit(OWNER, photo_id, change)


def test_photos_are_labeled_anew_and_counted() -> None:
    fixture = Fixture()
    (first, *_) = fixture.upload("one", "two", "three")
    assert fixture.counts() == {"sand": 3, "sky": 3}
    fixture.update_labeler("mountain", "sky")
    fixture.sweep()
    assert fixture.labeler.labeled == []  # nobody has requested it
    assert fixture.start().photos == 3
    assert fixture.progress() == (3, 0, True)
    fixture.sweep()
    assert fixture.progress() == (3, 3, False)
    assert fixture.counts() == {"mountain": 3, "sky": 3}
    assert (fixture.photo(first).labeler, fixture.photo(first).label_names) == ("fake-2", ("mountain", "sky"))
    assert len(fixture.labeler.labeled) == 3


def test_photos_with_current_labels_are_skipped() -> None:
    fixture = Fixture()
    fixture.upload("one", "two")
    fixture.labeler.labeled.clear()
    fixture.start()
    fixture.sweep()
    assert (fixture.progress(), fixture.labeler.labeled) == ((2, 2, False), [])


def test_dismissed_labels_and_tags_of_the_user_stay_as_they_are() -> None:
    fixture = Fixture()
    dismissed, own = fixture.upload("one", "two", tags=("sky", "aunt mary"))
    fixture.library.editor.apply(OWNER, dismissed, lambda photo: remove_tags(photo, ("sky", "sand")))
    fixture.update_labeler("sand", "sea")
    fixture.start()
    fixture.sweep()
    assert fixture.photo(dismissed).tags == ("aunt mary", "sea")
    assert fixture.photo(own).tags == ("sky", "aunt mary", "sand", "sea")
    fixture.update_labeler("sky", "sand")
    fixture.labeler.version = "fake-3"
    fixture.start()
    fixture.sweep()
    assert fixture.photo(dismissed).tags == ("aunt mary",)
    assert fixture.photo(own).tags == ("sky", "aunt mary", "sand")
    assert fixture.counts() == {"aunt mary": 2, "sky": 1, "sand": 1}


def test_only_photos_with_one_of_the_tags_are_labeled_anew() -> None:
    fixture = Fixture()
    (beach,), (dune,), (both,), (other,) = (
        fixture.upload(content, tags=tags)
        for content, tags in {"one": ("beach",), "two": ("dune",), "three": ("beach", "dune"), "four": ()}.items()
    )
    fixture.update_labeler("sea")
    assert fixture.start("dune", "beach").photos == 4  # at most
    fixture.sweep()
    assert fixture.progress() == (3, 3, False)
    assert {fixture.photo(photo_id).label_names for photo_id in (beach, dune, both)} == {("sea",)}
    assert fixture.photo(other).label_names == ("sand", "sky")


def test_photos_that_lose_the_tag_with_their_new_labels_are_counted() -> None:
    fixture = Fixture()
    fixture.upload("one", "two", "three")
    fixture.update_labeler("sea")
    fixture.start("sand")
    fixture.sweep()
    assert (fixture.progress(), fixture.counts()) == ((3, 3, False), {"sea": 3})


def test_photos_of_others_keep_their_labels() -> None:
    fixture = Fixture()
    (theirs,) = fixture.upload("theirs", owner="another")
    fixture.update_labeler("sea")
    fixture.start()
    fixture.sweep()
    assert (fixture.progress(), fixture.photo(theirs).label_names) == ((0, 0, False), ("sand", "sky"))


def test_trashed_photos_and_duplicates_are_labeled_anew_when_they_are_published() -> None:
    fixture = Fixture()
    trashed, first, copy = fixture.upload("one", "two", "two")
    fixture.library.editor.trash(OWNER, trashed)
    assert fixture.photo(copy).state is State.DUPLICATE
    fixture.update_labeler("sea")
    fixture.start()
    fixture.sweep()
    assert fixture.progress() == (1, 1, False)
    assert fixture.labeler.labeled == [b"two"]
    fixture.library.editor.restore(OWNER, trashed)
    fixture.library.editor.erase(OWNER, first)
    fixture.library.clock.advance(timedelta(minutes=1))
    fixture.sweep()
    assert {fixture.photo(photo_id).label_names for photo_id in (trashed, copy)} == {("sea",)}
    assert fixture.counts() == {"sea": 2}


def test_photo_trashed_while_it_is_waited_for_is_not_counted() -> None:
    fixture = Fixture()
    trashed, other = fixture.upload("one", "two")
    fixture.update_labeler("sea")
    fixture.start()
    fixture.pass_.run(always)
    fixture.library.editor.trash(OWNER, trashed)
    fixture.sweep()
    assert fixture.progress() == (1, 1, False)
    assert fixture.photo(trashed).due_at == fixture.photo(trashed).trashed_at + timedelta(days=30)  # type: ignore[operator]
    assert fixture.photo(other).label_names == ("sea",)


def test_same_request_returns_the_running_one_and_another_is_refused() -> None:
    fixture = Fixture()
    fixture.upload("one", tags=("beach",))
    fixture.update_labeler("sea")
    started = fixture.start("beach", "sand")
    fixture.library.clock.advance(timedelta(minutes=1))
    assert fixture.start("sand", "beach") == started
    for tags in ((), ("beach",), ("beach", "sand", "sky")):
        with pytest.raises(Conflict, match=ANOTHER_IS_RUNNING):
            fixture.start(*tags)
    fixture.sweep()
    assert fixture.start().is_running


def test_request_of_the_same_moment_returns_the_one_that_was_stored_first() -> None:
    fixture = Fixture()
    requests = fixture.library.relabeling_requests
    other = Relabeling(OWNER, (), NOON, NOON, photos=7)

    def store_other(_: str) -> None:
        fixture.library.relabelings.stored.setdefault(OWNER, replace(other, version=1))

    fixture.library.before = store_other
    assert requests.start(OWNER, ()).photos == 7


def test_few_photos_are_waited_for_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relabeling_pass, "MAX_WAITING", 3)
    fixture = Fixture()
    ids = fixture.upload(*map(str, range(8)))
    fixture.update_labeler("sea")
    fixture.start()
    assert fixture.pass_.run(always).requested == 3
    assert fixture.pass_.run(always).requested == 0  # until some are labeled
    assert sum(fixture.photo(photo_id).labels_pending for photo_id in ids) == 3
    assert fixture.progress() == (8, 0, True)
    fixture.sweep()
    assert fixture.progress() == (8, 3, True)
    fixture.sweep()
    fixture.sweep()
    assert fixture.progress() == (8, 8, False)


def test_owners_share_the_photos_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relabeling_pass, "MAX_WAITING", 4)
    fixture = Fixture()
    fixture.upload(*map(str, range(5)))
    fixture.upload(*map(str, range(5)), owner="another")
    fixture.update_labeler("sea")
    fixture.start()
    fixture.library.relabeling_requests.start("another", ())
    fixture.pass_.run(always)
    waiting = [len(stored.walk.waiting) for stored in fixture.library.relabelings.list_running()]
    assert waiting == [2, 2]


def test_photo_moved_to_another_date_meanwhile_is_labeled_by_the_next_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relabeling_pass, "PAGE_SIZE", 1)
    fixture = Fixture()
    oldest, *_ = fixture.upload("one", "two", "three")
    fixture.update_labeler("sea")
    fixture.start()
    fixture.pass_.run(steps(1))
    newest = fixture.library.clock().replace(tzinfo=None) + timedelta(hours=1)
    edit(fixture, oldest, Edit(corrections=(lambda photo: set_time(photo, local=newest),)))
    fixture.sweep()
    fixture.sweep()
    assert fixture.photo(oldest).label_names == ("sea",)
    assert fixture.progress() == (3, 3, False)


def test_photo_found_twice_because_its_date_was_corrected_counts_once_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relabeling_pass, "PAGE_SIZE", 1)
    fixture = Fixture()
    *_, newest = fixture.upload("one", "two", "three")
    fixture.update_labeler("sea")
    fixture.start()
    fixture.pass_.run(steps(1))
    oldest = fixture.library.clock().replace(tzinfo=None) - timedelta(hours=1)
    edit(fixture, newest, Edit(corrections=(lambda photo: set_time(photo, local=oldest),)))
    fixture.sweep()
    fixture.sweep()
    assert fixture.progress() == (3, 3, False)
    assert fixture.labeler.labeled.count(b"three") == 1


def test_photos_of_an_outage_are_waited_for_and_not_counted() -> None:
    fixture = Fixture()
    fixture.upload("one", "two")
    fixture.update_labeler("sea")
    fixture.start()
    fixture.labeler.broken = True
    fixture.sweep()
    assert (fixture.progress(), fixture.labeler.labeled) == ((2, 0, True), [])
    fixture.labeler.broken = False
    fixture.library.clock.advance(timedelta(minutes=16))
    fixture.sweep()
    assert fixture.progress() == (2, 2, False)


def test_photo_that_fails_for_a_day_is_left_to_the_due_list() -> None:
    fixture = Fixture()
    fixture.upload("odd", "two")
    fixture.update_labeler("sea")
    fixture.labeler.fails = lambda content: content == b"odd"
    fixture.start()
    fixture.library.sweep.run(lambda: timedelta(minutes=1))
    assert fixture.progress() == (2, 1, True)
    fixture.library.clock.advance(MAX_WAIT)
    fixture.library.sweep.run(lambda: timedelta(minutes=1))
    assert fixture.progress() == (2, 1, False)
    fixture.labeler.fails = lambda _: False
    fixture.library.clock.advance(timedelta(days=1))
    fixture.sweep()
    assert fixture.counts() == {"sea": 2}


def test_new_version_of_the_labeler_starts_again() -> None:
    fixture = Fixture()
    fixture.upload("one", "two")
    fixture.update_labeler("sea")
    fixture.start()
    fixture.pass_.run(always)
    fixture.labeler.version, fixture.labeler.names = "fake-3", ("dune",)
    fixture.pass_.run(no_time)
    assert fixture.progress() == (2, 0, True)
    fixture.sweep()
    assert (fixture.progress(), fixture.counts()) == ((2, 2, False), {"dune": 2})


def test_labels_of_another_version_are_not_counted_and_do_not_keep_it_running() -> None:
    fixture = Fixture()
    (odd, _) = fixture.upload("one", "two")
    fixture.update_labeler("sea")
    fixture.start()

    def relabel_with_old_version(_: Photo | None, after: Photo | None) -> None:
        if after and after.photo_id == odd and not after.labels_pending and after.labeler == "fake-2":
            fixture.library.photos.records[odd] = replace(after, labeler="fake-1")

    fixture.library.photos.on_commit = relabel_with_old_version
    for _ in range(MAX_WALKS):
        fixture.sweep()
    assert fixture.progress() == (2, 1, False)
    assert fixture.labeler.labeled.count(b"one") == MAX_WALKS


def kill_at(write: int) -> Callable[[str], None]:
    """A hook that raises ProcessKilled at the write of this number."""
    writes = iter(range(write + 1))

    def kill(_: str) -> None:
        if next(writes, None) == write:
            raise ProcessKilled

    return kill


@pytest.mark.parametrize("when", ["before", "after"])
def test_kill_at_any_write_loses_nothing_and_counts_each_photo_once(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    monkeypatch.setattr(relabeling_pass, "PAGE_SIZE", 2)
    for write in range(100):
        fixture = Fixture()
        fixture.upload("one", "two", "three", "four", "five")
        fixture.update_labeler("sea")
        fixture.start()
        setattr(fixture.library, when, kill_at(write))
        try:
            fixture.sweep()
        except ProcessKilled:
            fixture.sweep()
        else:
            assert write > 5
            return
        assert (fixture.progress(), fixture.counts()) == ((5, 5, False), {"sea": 5}), write


def test_photo_edited_between_read_and_write_is_read_again() -> None:
    fixture = Fixture()
    (photo_id,) = fixture.upload("one")
    fixture.update_labeler("sea")
    fixture.start()
    edits = iter([Edit(tags=("mine", "sand", "sky"))])

    def edit_first(name: str) -> None:
        if name == "commit" and (change := next(edits, None)):
            edit(fixture, photo_id, change)

    fixture.library.before = edit_first
    assert fixture.pass_.run(always) == RelabelingReport(requested=1)
    fixture.library.before = lambda _: None
    fixture.sweep()
    assert fixture.photo(photo_id).tags == ("mine", "sea")


def test_failure_with_one_photo_is_reported_and_the_next_walk_tries_it_again() -> None:
    fixture = Fixture()
    fixture.upload("one", "two", "three")
    fixture.update_labeler("sea")
    fixture.start()
    failures = iter([True])

    def fail_once(name: str) -> None:
        if name == "commit" and next(failures, False):
            raise Unavailable("DynamoDB is unavailable.")

    fixture.library.before = fail_once
    report = fixture.pass_.run(always)
    assert (report.requested, len(report.failures)) == (2, 1)
    fixture.sweep()
    fixture.sweep()
    assert (fixture.progress(), fixture.counts()) == ((3, 3, False), {"sea": 3})


def test_relabeling_of_a_removed_user_ends() -> None:
    fixture = Fixture()
    fixture.upload("one")
    fixture.update_labeler("sea")
    running = fixture.start()
    fixture.library.relabelings.remove(OWNER)
    store = fixture.library.relabelings
    with pytest.raises(Conflict):
        store.save(running)
    fixture.sweep()
    assert store.get(OWNER) is None
