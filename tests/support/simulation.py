"""One library and everything that may happen to it: people, tools, late events, the schedule, faults at any write.

What happens is told by small numbers, so that a story can be drawn, shrunk and told again. Meanwhile it keeps an
account of its own of what owners decided, and says in sentences what the library has done against that.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from chalicelib.errors import TintypeError, Unavailable
from chalicelib.ingest.ingest import MAX_ATTEMPTS
from chalicelib.ingest.labeling import Label, PhotoMetadata
from chalicelib.ingest.originals import is_upload
from chalicelib.ingest.uploads import TICKET_GRACE, TICKET_LIFETIME, UploadMetadata
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import TRASH_RETENTION, Edit, add_tags, apply_edit, remove_tags, restore, trash
from tests.fakes.library import MemoryLibrary, nothing
from tests.fakes.processing import OneLabel
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import in_memory, miscounted, problems

OWNERS = (OWNER, "another")
DROPPED = ("a.jpg", "b.jpg", "c.jpg")
# One comes more often than the others, so that there are duplicates.
CONTENTS = (b"sea", b"sea", b"sea", b"hill", b"bad")
MANY = ",".join(f"a{n}" for n in range(20))
METADATA: tuple[dict[str, str], ...] = ({}, {"tags": "sea", "status": "public"}, {"tags": MANY})
TAGS = (
    (),
    ("sea", "dune"),
    ("sand",),
    tuple(f"a{n}" for n in range(20)),
    tuple(f"b{n}" for n in range(20)),
    tuple(f"{c}{n}" for c in "ab" for n in range(10)),
)
EDITS = (
    *(Edit(tags=tags) for tags in TAGS),
    *(Edit(label=label) for label in ("", "cat", "sand")),
    *(Edit(weight=weight) for weight in (1, 600_000, 999_999)),
    *(Edit(visibility=visibility) for visibility in Visibility),
    Edit(filename="holiday.png"),
    Edit(tags=TAGS[4], label="dog", weight=7, visibility=Visibility.PUBLIC),
    Edit(tags=TAGS[3], label="a0", weight=8, visibility=Visibility.PRIVATE),
)
WORDS = (("sea",), ("sand", "dune"), ("a1", "b1"))
TURNS = (timedelta(seconds=1), timedelta(seconds=61), timedelta(minutes=16), timedelta(days=2), timedelta(days=31))

SAID = ("weight", "visibility", "filename", "label", "user_tags")


class Seer(OneLabel):
    """Sees sand in everything, and what the bytes say."""

    def detect(self, preview: bytes, metadata: PhotoMetadata) -> tuple[Label, ...]:
        return (*super().detect(preview, metadata), Label(preview.decode().split()[-1], 50.0))


class Act(NamedTuple):
    """Something that happens: the name of a method of `Life`, and the numbers that say to whom and how."""

    name: str
    which: int = 0
    how: int = 0


class Fault(NamedTuple):
    """What happens `before` or `after` the write of this number: a death, an error, or somebody else's act."""

    at: int
    when: str
    what: str | Act


@dataclass
class Life:
    """A library over fakes, and the account that is kept of it."""

    library: MemoryLibrary = field(default_factory=lambda: MemoryLibrary(labeler=Seer()))
    events: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    said: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    taken_away: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    doomed: set[tuple[str, str]] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    deaths: int = 0
    _owner_at_work: bool = False
    _erasing: str | None = None

    def __post_init__(self) -> None:
        self.library.photos.seen = self._seen

    def happens(self, act: Act, fault: Fault | None = None) -> None:
        """Do this, perhaps disturbed; S3 tells of whatever it changed in the bucket."""
        before = self._bucket()
        with self._disturbed(fault):
            try:
                getattr(self, f"_{act.name}")(act.which, act.how)
            except ProcessKilled:
                self.deaths += 1
            except TintypeError as problem:
                if fault is None and act.name in {"deliver", "sweep"}:
                    self.wrong.append(f"{act} failed with nothing in its way: {problem!r}")
        after = self._bucket()
        self.events += sorted({key for key, _, _ in before ^ after})
        gone = {(key, version) for key, version, _ in before} - {(key, version) for key, version, _ in after}
        self.wrong += [f"{lost} was deleted by nobody's wish" for lost in sorted(gone - self.doomed)]

    def wrong_at_any_moment(self) -> list[str]:
        """What may not be so even while work is under way."""
        return [*self.wrong, *miscounted(in_memory(self.library)), *self._images_in_sight(), *self._shown_twice()]

    def settle(self) -> None:
        """Every event arrives, and the schedule comes round until all is done; the trash is not emptied by it."""
        self.library.labeler.broken = False
        for _ in range(4):
            self._arrive_all()
            self.library.clock.turn(timedelta(minutes=16))
            self._sweep()
        if any(p.state is State.UPLOADING for p in self.library.photos.records.values()):
            self.library.clock.turn(TICKET_LIFETIME + TICKET_GRACE)
            self._sweep()
            self._arrive_all()
            self._sweep()

    def left_over(self) -> list[str]:
        """What is wrong once all is settled."""
        return [
            *self.wrong_at_any_moment(),
            *problems(in_memory(self.library)),
            *self._unlike_the_bucket(),
            *self._hidden_for_nothing(),
            *(f"{found} is still there" for found in sorted(self.doomed & self.library.originals.versions.keys())),
        ]

    # What happens ----------------------------------------------------------------------------------------------

    def _drop(self, which: int, how: int) -> None:
        """A file is copied to a key, new or not, with any S3 tool."""
        keys = sorted({*DROPPED, *(key for key, _ in self.library.originals.versions)})
        self.library.originals.drop(
            keys[which % len(keys)], CONTENTS[how % len(CONTENTS)], METADATA[(which + how) % len(METADATA)]
        )

    def _receive(self, which: int, how: int) -> None:
        """A file comes by one of our own doors."""
        said = UploadMetadata("d.jpg", user_tags=TAGS[how // 2 % len(TAGS)], visibility=list(Visibility)[how % 2])
        self.library.uploads.store_original(OWNERS[which % 2], said, CONTENTS[how % len(CONTENTS)])

    def _delete(self, which: int, _: int) -> None:
        """A file is deleted with an S3 tool, which leaves a marker."""
        if keys := sorted(self.library.originals.latest):
            self.library.originals.delete(keys[which % len(keys)])

    def _undelete(self, which: int, _: int) -> None:
        """A marker is taken away: what lay below it is there again."""
        originals = self.library.originals
        if keys := sorted({key for key, _ in originals.versions} - originals.latest.keys()):
            key = keys[which % len(keys)]
            originals.latest[key] = [version for k, version in originals.versions if k == key][-1]

    def _deliver(self, which: int, how: int) -> None:
        """An event arrives, in any order; every third of them comes once more later."""
        if self.events:
            key = self.events[which % len(self.events)]
            self.library.arrive(key)
            if how % 3 and key in self.events:
                self.events.remove(key)

    def _edit(self, which: int, how: int) -> None:
        self._change(which, lambda photo: apply_edit(photo, EDITS[how % len(EDITS)]))

    def _tag(self, which: int, how: int) -> None:
        self._change(which, lambda photo: add_tags(photo, WORDS[how % len(WORDS)]))

    def _untag(self, which: int, how: int) -> None:
        self._change(which, lambda photo: remove_tags(photo, WORDS[how % len(WORDS)]))

    def _trash(self, which: int, _: int) -> None:
        self._change(which, lambda photo: trash(photo, self.library.clock()))

    def _restore(self, which: int, _: int) -> None:
        self._change(which, lambda photo: restore(photo, self.library.clock()), State.TRASHED)

    def _erase(self, which: int, _: int) -> None:
        with self._someone(which) as photo:
            if photo:
                self._erasing = photo.photo_id
                self.library.editor.erase(photo.owner, photo.photo_id)
                after = self.library.photos.get(photo.photo_id)
                if after and after.generation == photo.generation and after.visible_to(photo.owner):
                    self.wrong.append(f"{photo.photo_id} was deleted for ever and is {after.state}")

    def _turn(self, which: int, _: int) -> None:
        """Time goes by, and the schedule comes round."""
        self.library.clock.turn(TURNS[which % len(TURNS)])
        self._sweep()

    def _sweep(self, *_: int) -> None:
        swept = self.library.sweep.run(lambda: timedelta(minutes=1))
        if (self.library.before, self.library.after) == (nothing, nothing):
            self.wrong += [f"the schedule failed at {failure}" for failure in swept.failures]
        if swept.totals.drifted:
            self.wrong.append("the schedule found totals that had drifted")

    def _mend(self, which: int, _: int) -> None:
        """The labeller goes out of order, or works again."""
        self.library.labeler.broken = bool(which % 2)

    # How it is disturbed ---------------------------------------------------------------------------------------

    @contextmanager
    def _disturbed(self, fault: Fault | None) -> Iterator[None]:
        hooks, work = (self.library.before, self.library.after), (self._owner_at_work, self._erasing)
        self.library.before = self.library.after = nothing
        self._owner_at_work, self._erasing = False, None
        if fault:
            setattr(self.library, fault.when, self._trap(fault))
        try:
            yield
        finally:
            self.library.before, self.library.after = hooks
            self._owner_at_work, self._erasing = work

    def _trap(self, fault: Fault) -> Callable[[str], None]:
        met = iter(range(fault.at + 1))

        def spring(_: str) -> None:
            if next(met, None) != fault.at:
                return
            if isinstance(fault.what, Act):
                self.happens(fault.what)
            elif fault.what == "dies":
                raise ProcessKilled
            else:
                raise Unavailable("AWS does not answer.")

        return spring

    @contextmanager
    def _someone(self, which: int, state: State | None = None) -> Iterator[Photo | None]:
        """An owner has a look at one of their photos, at one in this state if there is any."""
        photos = [photo for _, photo in sorted(self.library.photos.records.items())]
        photos = [photo for photo in photos if photo.state is state] or photos
        self._owner_at_work = True
        try:
            yield photos[which % len(photos)] if photos else None
        finally:
            self._owner_at_work = False

    def _change(self, which: int, change: Callable[[Photo], Photo], state: State | None = None) -> None:
        with self._someone(which, state) as photo:
            if photo:
                self.library.editor.apply(photo.owner, photo.photo_id, change)

    def _arrive_all(self) -> None:
        while self.events:
            self.happens(Act("deliver", 0, 1))

    # The account -----------------------------------------------------------------------------------------------

    def _seen(self, before: Photo | None, after: Photo | None) -> None:
        """One step of one record: what owners decided stands, whoever takes the step."""
        photo = after or before
        assert photo
        who = (photo.photo_id, photo.generation)
        if after is None:
            if is_upload(photo.key):
                self.forgotten.add(photo.key)
            self.said.pop(who, None)
            self.taken_away.pop(who, None)
        elif self._owner_at_work and after.state is not State.ERASED:
            taken_away = self.taken_away.setdefault(who, set())
            if before:
                # What stays among the labels without being shown was only crowded out.
                taken_away |= set(before.tags) & set(before.labels) - {*after.tags, *after.labels}
            taken_away -= {*after.user_tags, after.label}
            self.said[who] = {name: getattr(after, name) for name in SAID}
        elif who in self.said:
            if self.said[who] != {name: getattr(after, name) for name in SAID}:
                self.wrong.append(f"what was said of {photo.photo_id} was changed by nobody")
            if back := self.taken_away[who] & set(after.labels):
                self.wrong.append(f"{back} came back to {photo.photo_id}")
        if before and after and before.state is not after.state:
            self._moved(before, after)

    def _moved(self, before: Photo, after: Photo) -> None:
        over = before.trashed_at and before.trashed_at + TRASH_RETENTION <= self.library.clock()
        if after.state is State.ERASED:
            if self._erasing != after.photo_id and not (before.state is State.TRASHED and over):
                self.wrong.append(f"{after.photo_id} is to go for ever, and nobody wanted that")
            self.doomed |= self._until(after.key, after.object_version)
        elif self._owner_at_work:
            return
        elif after.state is State.TRASHED:
            self.wrong.append(f"{after.photo_id} was trashed by nobody")
        elif before.state is State.TRASHED and before.object_version == after.object_version:
            if self.library.originals.head(after.key) is not None:
                self.wrong.append(f"{after.photo_id} came out of the trash by itself, and is {after.state}")
        elif before.state is State.ERASED and before.object_version == after.object_version:
            self.wrong.append(f"{after.photo_id} was deleted for ever, and is {after.state}")

    def _until(self, key: str, version: str | None) -> set[tuple[str, str]]:
        stored = [each for each in self.library.originals.versions if each[0] == key]
        return set(stored[: stored.index((key, version)) + 1]) if version and (key, version) in stored else set()

    # What is there ---------------------------------------------------------------------------------------------

    def _bucket(self) -> set[tuple[str, str, bool]]:
        originals = self.library.originals
        return {(key, version, originals.latest.get(key) == version) for key, version in originals.versions}

    def _images_in_sight(self) -> Iterator[str]:
        images, versions = self.library.derivatives.images, self.library.originals.versions
        for photo in self.library.photos.records.values():
            if photo.state is State.READY and photo.object_version:
                _, data = versions.get((photo.key, photo.object_version), (None, None))
                for made in photo.derivatives.values():
                    if data is not None and images.get(made.key) != b"image of " + data:
                        yield f"{photo.photo_id} shows {images.get(made.key)!r} for {data!r}"

    def _shown_twice(self) -> Iterator[str]:
        photos = self.library.photos.records.values()
        shown = Counter((photo.owner, photo.sha256) for photo in photos if photo.state is State.READY)
        yield from (
            f"{owner} is shown the same bytes {times} times" for (owner, _), times in shown.items() if times > 1
        )

    def _unlike_the_bucket(self) -> Iterator[str]:
        originals, photos = self.library.originals, self.library.photos.records.values()
        keys = [photo.key for photo in photos]
        # An upload whose record was removed once stays without a photo, whatever lies there.
        yield from (f"{key} was published again" for key in sorted(self.forgotten & set(keys)))
        for key in sorted((originals.latest.keys() - self.forgotten) ^ set(keys)):
            yield f"{key} has {'an object and no photo' if key in originals.latest else 'a photo and no object'}"
        if len(keys) != len(set(keys)):
            yield f"one object has two photos: {keys}"
        for photo in photos:
            original = originals.head(photo.key)
            if original is None:
                continue
            if original.version != photo.object_version:
                yield f"{photo.photo_id} is of {photo.object_version}, and there lies {original.version}"
                continue
            data = originals.versions[photo.key, original.version][1]
            spoiled = photo.state is State.REJECTED and "attempts" in str(photo.reason)
            right = {State.REJECTED} if data == b"bad" else {State.READY, State.DUPLICATE}
            if photo.state not in {*right, State.TRASHED} and not (spoiled and self.deaths >= MAX_ATTEMPTS):
                yield f"{photo.photo_id}, {data!r}, is {photo.state}: {photo.reason}"

    def _hidden_for_nothing(self) -> Iterator[str]:
        """A duplicate without anybody in sight is one of a photo in the trash, for as long as that is there."""
        photos = self.library.photos.records
        for photo in photos.values():
            if photo.state is State.DUPLICATE and photo.duplicate_of in photos:
                first = photos[photo.duplicate_of]
                if first.state not in {State.READY, State.TRASHED}:
                    yield f"{photo.photo_id} is a duplicate of one that is {first.state}"
