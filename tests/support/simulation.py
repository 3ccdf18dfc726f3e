"""A simulation of one library: users, S3 tools, late events, the schedule, and faults at any write.

Operations are described by small numbers, so that Hypothesis can generate, shrink and replay them. The simulation
records what owners changed and reports, as sentences, where the library contradicts it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from types import SimpleNamespace
from typing import Any, NamedTuple

from PIL import Image

from chalicelib.errors import TintypeError, Unavailable
from chalicelib.images import Metadata
from chalicelib.ingest.ingest import MAX_ATTEMPTS
from chalicelib.ingest.uploads import TICKET_GRACE, TICKET_LIFETIME, UploadMetadata
from chalicelib.labels.labeler import Detection, PhotoMetadata
from chalicelib.library.collections import ALL_PHOTOS, REVIEW, album_of, album_scope
from chalicelib.library.corrections import drop_repeated_time, reset_time, set_offset, set_time, shift_time
from chalicelib.library.descriptions import (
    drop_repeated_descriptions,
    set_caption,
    set_place,
    set_rating,
)
from chalicelib.library.guest import Guest
from chalicelib.library.label import Label
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.positions import drop_repeated_coordinates, set_coordinates, without_position
from chalicelib.library.similarity_index import groups_key, parse_group_index
from chalicelib.library.transitions import (
    TRASH_RETENTION,
    Edit,
    add_tags,
    add_to_album,
    apply_edit,
    approve,
    decline,
    remove_from_album,
    remove_tags,
    restore,
    trash,
)
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import UNKNOWN, Coordinates
from tests.fakes.library import MemoryLibrary, no_hook
from tests.fakes.processing import FixedLabeler, find_place, read_metadata
from tests.support.album_lists import find_list_violations
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.former_keys import use_former_keys
from tests.support.invariants import find_count_violations, find_violations, read_memory

OWNERS = (OWNER, "another")
DROP_KEYS = ("a.jpg", "b.jpg", "c.jpg")
# With keywords that the labeler finds, too, that are among the tags of edits, and that are neither.
DESCRIBED = b"caption=Harbor rating=3 keyword=sand keyword=a1 keyword=tide position=38.7,-9.4 lens=Planar iso=200 bay"
# One content is more frequent, so that there are duplicates.
CONTENTS = (b"sea", b"sea", b"sea", b"png hill", b"bad", b"2026-03-14T23:30:00.450000-08:00 lake", DESCRIBED)
TWENTY_TAGS = ",".join(f"a{n}" for n in range(20))
METADATA: tuple[dict[str, str], ...] = (
    {},
    {"tags": "sea", "status": "public"},
    {"tags": TWENTY_TAGS, "status": "public"},
)
TAGS = (
    (),
    ("sea", "dune"),
    ("sand",),
    tuple(f"a{n}" for n in range(20)),
    tuple(f"b{n}" for n in range(20)),
    tuple(f"{c}{n}" for c in "ab" for n in range(10)),
)
POSITIONS = (Coordinates(41_100_000, -8_600_000), UNKNOWN, None)
EDITS = (
    *(Edit(tags=tags) for tags in TAGS),
    *(Edit(label=label) for label in ("", "cat", "sand")),
    *(Edit(weight=weight) for weight in (1, 600_000, 999_999)),
    *(Edit(visibility=visibility) for visibility in Visibility),
    Edit(filename="holiday.png"),
    Edit(corrections=(partial(set_time, local=datetime.fromisoformat("2019-07-01T08:00")),)),
    Edit(corrections=(partial(set_time, local=datetime.fromisoformat("2019-07-01T08:00")),), tags=TAGS[5]),
    Edit(corrections=(partial(shift_time, by=timedelta(hours=-30)),)),
    Edit(corrections=(partial(set_offset, offset=timedelta(hours=9)),)),
    Edit(corrections=(reset_time,)),
    Edit(favorite=True),
    *(Edit(corrections=(partial(set_caption, caption=caption),)) for caption in ("Boats", "", "Harbor", None)),
    Edit(corrections=(partial(set_rating, rating=5), partial(set_place, place=("Alfama", "Lisbon")))),
    Edit(favorite=False, corrections=(partial(set_rating, rating=None), partial(set_place, place=None))),
    *(Edit(corrections=(partial(set_coordinates, coordinates=at, find_place=find_place),)) for at in POSITIONS),
    Edit(tags=TAGS[4], label="dog", weight=7, visibility=Visibility.PUBLIC),
    Edit(tags=TAGS[3], label="a0", weight=8, visibility=Visibility.PRIVATE),
)
ALBUMS = ("album1", "album2", "album3")
TAG_CHANGES = (("sea",), ("sand", "dune"), ("a1", "b1"), ("tide",))
ADVANCES = (timedelta(seconds=1), timedelta(seconds=61), timedelta(minutes=16), timedelta(days=2), timedelta(days=31))

EDITED_FIELDS = (
    *("weight", "visibility", "filename", "label", "user_tags", "corrected_time"),
    *("favorite", "own_caption", "own_rating", "own_place", "own_coordinates"),
)


class ContentLabeler(FixedLabeler):
    """Labels every photo by the last word of its bytes, and `sand` in odd versions, `dune` in even ones."""

    number = 1

    def update(self) -> None:
        """Become the next version."""
        self.number += 1
        self.version = f"fake-{self.number}"

    def detect(self, image: Image.Image, metadata: PhotoMetadata) -> Detection:
        super().detect(image, metadata)  # raises while broken
        content: bytes = image.info["content"]
        return Detection(
            (Label("sand" if self.number % 2 else "dune", 99.0), Label(content.decode().split()[-1], 50.0))
        )


class Operation(NamedTuple):
    """An operation: the name of a private method of `Simulation`, and the numbers of its target and its variant."""

    name: str
    target: int = 0
    variant: int = 0


class Fault(NamedTuple):
    """A fault `before` or `after` the write of this number: `kill`, `error`, or a concurrent operation.

    `between` is a kill between the steps of any write.
    """

    write: int
    when: str
    effect: str | Operation


@dataclass
class Simulation:
    """A library over fakes, and the expected effects of what its owners did."""

    labeler: ContentLabeler = field(default_factory=ContentLabeler)
    events: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    edits: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    dismissed: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    erased: set[tuple[str, str]] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    # Uploads of guests whose tombstones have expired: their keys name no owner who could have them back.
    forgotten: set[str] = field(default_factory=set)
    kills: int = 0
    _owner_is_editing: bool = False
    _erasing: str | None = None

    def __post_init__(self) -> None:
        self.library = MemoryLibrary(labeler=self.labeler)
        self.deleted_albums = self.library.photos.deleted_albums
        self.library.photos.on_commit = self._check_commit

    def run(self, operation: Operation, fault: Fault | None = None) -> None:
        """Run an operation, with a fault if given, and queue the events of the keys it changed."""
        before = self._bucket()
        with self._with_fault(fault):
            try:
                getattr(self, f"_{operation.name}")(operation.target, operation.variant)
            except ProcessKilled:
                self.kills += 1
            except TintypeError as error:
                if fault is None and operation.name in {"deliver", "sweep"}:
                    self.violations.append(f"{operation} failed without a fault: {error!r}")
        after = self._bucket()
        self.events += sorted({key for key, _, _ in before ^ after})
        deleted = {(key, version) for key, version, _ in before} - {(key, version) for key, version, _ in after}
        self.erased |= {(key, version) for key, version in deleted if key in self.closed}
        self.violations += [f"{version} was deleted but not erased" for version in sorted(deleted - self.erased)]

    def find_violations(self) -> list[str]:
        """Violations of invariants that hold at any time."""
        return [
            *self.violations,
            *find_count_violations(read_memory(self.library)),
            *self._wrong_images(),
            *self._wrong_metadata(),
            *self._published_twice(),
        ]

    def settle(self) -> None:
        """Deliver all events and run the schedule until nothing is left to do; the trash is not emptied."""
        self.library.labeler.broken = False
        for album_id in self.deleted_albums:
            self._empty_album(album_id)
        for _ in range(8 if self.library.sweep.labeling_queue else 4):
            self._deliver_all()
            self.library.clock.advance(timedelta(minutes=16))
            self._sweep()
        if any(p.state is State.UPLOADING for p in self.library.photos.records.values()):
            self.library.clock.advance(TICKET_LIFETIME + TICKET_GRACE)
            self._sweep()
            self._deliver_all()
            self._sweep()

    def find_leftovers(self) -> list[str]:
        """Violations of invariants that hold once everything is settled."""
        return [
            *self.find_violations(),
            *find_violations(read_memory(self.library)),
            *self._bucket_differences(),
            *self._dangling_duplicates(),
            *self._pending(),
            *self._similarity_indexes(),
            *self._not_relabeled(),
            *self._deleted_albums(),
            *find_list_violations(self.library.photos, set(ALBUMS) - self.deleted_albums),
            *(
                f"{version} was erased and still exists"
                for version in sorted(self.erased & self.library.originals.versions.keys())
            ),
        ]

    # Operations ------------------------------------------------------------------------------------------------

    def _drop(self, target: int, variant: int) -> None:
        """Copy a file to a new or existing key with an S3 tool."""
        keys = sorted({*DROP_KEYS, *(key for key, _ in self.library.originals.versions)})
        self.library.originals.drop(
            keys[target % len(keys)], CONTENTS[variant % len(CONTENTS)], METADATA[(target + variant) % len(METADATA)]
        )

    def _upload(self, target: int, variant: int) -> None:
        """Upload a file through the API."""
        metadata = UploadMetadata(
            "d.jpg",
            user_tags=TAGS[variant // 2 % len(TAGS)],
            visibility=list(Visibility)[variant % 2],
            caption=(None, "", "Said")[target % 3],
            albums=((), *((album_id,) for album_id in ALBUMS))[target % 4],
            guest=(None, None, Guest("Ann", "s1"), Guest("Ben", "s2", needs_review=True))[variant % 4],
        )
        self.library.uploads.store_original(OWNERS[target % 2], metadata, CONTENTS[variant % len(CONTENTS)])

    def _delete(self, target: int, _: int) -> None:
        """Delete a file with an S3 tool, which leaves a delete marker."""
        if keys := sorted(self.library.originals.latest):
            self.library.originals.delete(keys[target % len(keys)])

    def _undelete(self, target: int, _: int) -> None:
        """Remove a delete marker, which restores the version below it."""
        originals = self.library.originals
        if keys := sorted({key for key, _ in originals.versions} - originals.latest.keys()):
            key = keys[target % len(keys)]
            originals.latest[key] = [version for k, version in originals.versions if k == key][-1]

    def _deliver(self, target: int, variant: int) -> None:
        """Deliver any queued event; every third one stays queued and is delivered again."""
        if self.events:
            key = self.events[target % len(self.events)]
            self.library.deliver_event(key)
            if variant % 3 and key in self.events:
                self.events.remove(key)

    def _edit(self, target: int, variant: int) -> None:
        self._apply(target, lambda photo: apply_edit(photo, EDITS[variant % len(EDITS)]))

    def _age(self, target: int, _: int) -> None:
        """Make a photo as earlier code has left it: with the time in UTC, nothing else of its file, former keys."""
        photos = [photo for _, photo in sorted(self.library.photos.records.items()) if photo.worker is None]
        if photos:
            photo = photos[target % len(photos)]
            time = CaptureTime(photo.camera_time.presumed_utc.replace(tzinfo=None)) if photo.camera_time else None
            aged = replace(
                replace(without_position(photo), own_coordinates=photo.own_coordinates),
                camera_time=time,
                file_caption=None,
                file_rating=None,
                lens=None,
                exposure=None,
                keywords=(),
                reader_revision=0,
            )
            use_former_keys(self.library, self.library.photos.commit(photo, aged))

    def _tag(self, target: int, variant: int) -> None:
        tags = TAG_CHANGES[variant % len(TAG_CHANGES)]
        tagged = self._apply(target, lambda photo: add_tags(photo, tags))
        if tagged and not set(tags) <= {*tagged.user_tags, tagged.label}:
            self.violations.append(f"{tagged.photo_id} was tagged {tags} and has only {tagged.user_tags}")

    def _untag(self, target: int, variant: int) -> None:
        self._apply(target, lambda photo: remove_tags(photo, TAG_CHANGES[variant % len(TAG_CHANGES)]))

    def _add_to_album(self, target: int, variant: int) -> None:
        album_id = ALBUMS[variant % len(ALBUMS)]
        added = self._apply(target, lambda photo: add_to_album(photo, album_id))
        if added and added.state is State.READY and (album_id in added.albums) == (album_id in self.deleted_albums):
            self.violations.append(f"{added.photo_id} was added to {album_id} and is in {added.albums}")

    def _remove_from_album(self, target: int, variant: int) -> None:
        self._apply(target, lambda photo: remove_from_album(photo, ALBUMS[variant % len(ALBUMS)]))

    def _review(self, target: int, variant: int) -> None:
        """Let a guest's photo into its album, or not."""
        self._apply(target, approve if variant % 2 else decline)

    def _delete_album(self, target: int, _: int) -> None:
        """Delete an album; one photo after another is taken out of it."""
        album_id = ALBUMS[target % len(ALBUMS)]
        self.deleted_albums.add(album_id)
        self._empty_album(album_id)

    def _empty_album(self, album_id: str) -> None:
        store = self.library.photos
        for tag in (ALL_PHOTOS, REVIEW):
            for row in store.list_rows(album_scope(album_id), tag, after=None, limit=1000):
                photo = store.get(row.photo_id)
                assert photo
                store.commit(photo, remove_from_album(photo, album_id))

    def _trash(self, target: int, _: int) -> None:
        self._apply(target, lambda photo: trash(photo, self.library.clock()))

    def _restore(self, target: int, _: int) -> None:
        self._apply(target, lambda photo: restore(photo, self.library.clock()), State.TRASHED)

    def _erase(self, target: int, _: int) -> None:
        with self._owned_photo(target) as photo:
            if photo:
                self._erasing = photo.photo_id
                self.library.editor.erase(photo.owner, photo.photo_id)
                after = self.library.photos.get(photo.photo_id)
                if after and after.generation == photo.generation and after.visible_to(photo.owner):
                    self.violations.append(f"{photo.photo_id} was erased and is {after.state}")

    def _advance(self, target: int, _: int) -> None:
        """Advance the clock and run the schedule."""
        self.library.clock.advance(ADVANCES[target % len(ADVANCES)])
        self._sweep()

    def _sweep(self, *_: int) -> None:
        swept = self.library.sweep.run(lambda: timedelta(minutes=1))
        if (self.library.before, self.library.after) == (no_hook, no_hook):
            self.violations += [f"the sweep failed: {failure}" for failure in swept.failures]
        if swept.totals.drifted:
            self.violations.append("the sweep found drifted totals")

    def _toggle_labeler(self, target: int, _: int) -> None:
        """Break or repair the labeler."""
        self.library.labeler.broken = bool(target % 2)

    def _move_labeler(self, target: int, _: int) -> None:
        """Let the schedule label, as on a laptop; or only the ingest function, by events of the schedule, as on AWS."""
        queue = SimpleNamespace(send=self.events.append) if target % 2 else None
        self.library.sweep = replace(self.library.sweep, labeling_queue=queue)

    def _relabel(self, target: int, variant: int) -> None:
        """Ask for labels again, after an update of the labeler or without one."""
        if variant % 3:
            self.labeler.update()
        self.library.relabeling_requests.start(OWNERS[target % 2], TAG_CHANGES[0] if variant % 5 == 0 else ())

    # Faults ----------------------------------------------------------------------------------------------------

    @contextmanager
    def _with_fault(self, fault: Fault | None) -> Iterator[None]:
        hooks, state = (self.library.before, self.library.after), (self._owner_is_editing, self._erasing)
        self.library.before = self.library.after = no_hook
        self._owner_is_editing, self._erasing = False, None
        if fault and fault.when == "between":
            self.library.photos.before_commit = _kill_between_steps
        elif fault:
            setattr(self.library, fault.when, self._hook(fault))
        try:
            yield
        finally:
            self.library.photos.before_commit = lambda _, __: None
            self.library.before, self.library.after = hooks
            self._owner_is_editing, self._erasing = state

    def _hook(self, fault: Fault) -> Callable[[str], None]:
        writes = iter(range(fault.write + 1))

        def hook(_: str) -> None:
            if next(writes, None) != fault.write:
                return
            if isinstance(fault.effect, Operation):
                self.run(fault.effect)
            elif fault.effect == "kill":
                raise ProcessKilled
            else:
                raise Unavailable("AWS is unavailable.")

        return hook

    @contextmanager
    def _owned_photo(self, target: int, state: State | None = None) -> Iterator[Photo | None]:
        """One photo on behalf of its owner, in this state if there is one."""
        photos = [photo for _, photo in sorted(self.library.photos.records.items())]
        photos = [photo for photo in photos if photo.state is state] or photos
        self._owner_is_editing = True
        try:
            yield photos[target % len(photos)] if photos else None
        finally:
            self._owner_is_editing = False

    def _apply(self, target: int, transition: Callable[[Photo], Photo], state: State | None = None) -> Photo | None:
        with self._owned_photo(target, state) as photo:
            return self.library.editor.apply(photo.owner, photo.photo_id, transition) if photo else None

    def _deliver_all(self) -> None:
        while self.events:
            self.run(Operation("deliver", 0, 1))

    # Checks of each commit -------------------------------------------------------------------------------------

    def _check_commit(self, before: Photo | None, after: Photo | None) -> None:
        """Check one commit: only the owner may change what the owner set."""
        photo = after or before
        assert photo
        record = (photo.photo_id, photo.generation)
        if after is None or (after.expires_at and after.state is State.ERASED):
            if after:
                self.closed.add(photo.key)
            elif photo.guest:
                self.forgotten.add(photo.key)
            self.edits.pop(record, None)
            self.dismissed.pop(record, None)
        elif self._owner_is_editing and after.state is not State.ERASED:
            dismissed = self.dismissed.setdefault(record, set())
            if before:
                # Keywords and labels beyond the limit of tags are not dismissed.
                dismissed |= set(before.tags) & _found_tags(before) - {*after.tags, *_found_tags(after)}
            dismissed -= {*after.user_tags, after.label}
            self.edits[record] = {name: getattr(after, name) for name in EDITED_FIELDS}
        elif record in self.edits:
            if before and before.state is State.REMOVED and after.recovered:
                self.edits[record]["visibility"] = Visibility.PRIVATE
            versions = {before.object_version, after.object_version} if before and before.guest else set()
            if len(versions - {None}) == 2:  # the guest has used the ticket again
                self.edits[record]["visibility"] = Visibility.PRIVATE
            if before and not before.reader_revision and after.reader_revision:
                # What the file says too may be dropped when it is read for the first time.
                described = drop_repeated_descriptions(drop_repeated_time(replace(after, **self.edits[record])))
                described = drop_repeated_coordinates(described)
                if described == after:
                    self.edits[record] = {name: getattr(described, name) for name in EDITED_FIELDS}
            if self.edits[record] != {name: getattr(after, name) for name in EDITED_FIELDS}:
                self.violations.append(f"fields of {photo.photo_id} changed without an edit")
            if restored := self.dismissed[record] & _found_tags(after):
                self.violations.append(f"dismissed tags {restored} returned to {photo.photo_id}")
        if before and after and before.state is not after.state:
            self._check_state_change(before, after)

    def _check_state_change(self, before: Photo, after: Photo) -> None:
        expired = before.trashed_at and before.trashed_at + TRASH_RETENTION <= self.library.clock()
        if after.state is State.ERASED:
            if self._erasing != after.photo_id and not (before.state is State.TRASHED and expired):
                self.violations.append(f"{after.photo_id} was erased without a request")
            self.erased |= self._versions_up_to(after.key, after.object_version)
        elif self._owner_is_editing:
            return
        elif after.state is State.TRASHED:
            self.violations.append(f"{after.photo_id} was trashed without a request")
        elif before.state is State.TRASHED and before.object_version == after.object_version:
            if self.library.originals.head(after.key) is not None:
                self.violations.append(f"{after.photo_id} was restored without a request and is {after.state}")
        elif before.state is State.ERASED and before.object_version == after.object_version:
            self.violations.append(f"{after.photo_id} was erased and is {after.state}")

    def _versions_up_to(self, key: str, version: str | None) -> set[tuple[str, str]]:
        stored = [each for each in self.library.originals.versions if each[0] == key]
        return set(stored[: stored.index((key, version)) + 1]) if version and (key, version) in stored else set()

    # Checks of the whole library -------------------------------------------------------------------------------

    def _bucket(self) -> set[tuple[str, str, bool]]:
        originals = self.library.originals
        return {(key, version, originals.latest.get(key) == version) for key, version in originals.versions}

    def _wrong_images(self) -> Iterator[str]:
        images, versions = self.library.derivatives.images, self.library.originals.versions
        for photo in self.library.photos.records.values():
            if photo.state is State.READY and photo.object_version:
                _, data = versions.get((photo.key, photo.object_version), (None, None))
                for derivative in photo.derivatives.values():
                    if data is not None and images.get(derivative.key) != b"image of " + data:
                        yield f"{photo.photo_id} has the image {images.get(derivative.key)!r} for {data!r}"

    def _wrong_metadata(self) -> Iterator[str]:
        for photo in self.library.photos.records.values():
            # Until it is processed, the record of an overwritten original describes the former one.
            is_processed = photo.state is not State.PROCESSING and photo.worker is None
            if photo.reader_revision and photo.object_version and is_processed:
                _, data = self.library.originals.versions.get((photo.key, photo.object_version), (None, None))
                # The original of an erased photo is deleted before its record.
                if data is not None and not _is_described_by(photo, read_metadata(BytesIO(data))):
                    yield f"{photo} does not say what its file says: {data!r}"

    def _pending(self) -> Iterator[str]:
        for photo in self.library.photos.records.values():
            if photo.pending_rows:
                yield f"{photo.photo_id} has pending rows"
            if photo.state is State.READY and photo.labels_pending:
                yield f"{photo.photo_id} still waits for labels"

    def _not_relabeled(self) -> Iterator[str]:
        photos = self.library.photos.records.values()
        for relabeling in self.library.relabelings.stored.values():
            if relabeling.is_running:
                yield f"{relabeling} is still running"
            elif relabeling.labeled == relabeling.photos and not relabeling.tags:
                owned = [photo for photo in photos if (photo.owner, photo.state) == (relabeling.owner, State.READY)]
                former = [photo for photo in owned if _number(photo.labeler) < _number(relabeling.labeler)]
                yield from (f"{photo.photo_id} still has the labels of {photo.labeler}" for photo in former)

    def _deleted_albums(self) -> Iterator[str]:
        """Rows of albums that nobody takes them out of any more."""
        for row in self.library.photos.memberships.values():
            if (album_id := album_of(row.scope)) in self.deleted_albums:
                yield f"{row.photo_id} is still in {album_id}"

    def _similarity_indexes(self) -> Iterator[str]:
        """Indexes that are not of the photos that are there now."""
        for owner in self.library.fingerprints.list_changes():
            if owner.changes != owner.compared:
                yield f"the photos of {owner.owner} have changed since they were compared"
            ready = {
                photo.photo_id
                for photo in self.library.photos.records.values()
                if photo.owner == owner.owner and photo.state is State.READY
            }
            if groups := self.library.index_files.read(groups_key(owner.owner)):
                found = {photo_id for group in parse_group_index(groups).groups for photo_id in group.photo_ids}
                yield from (f"{photo_id} is in a group, but not ready" for photo_id in sorted(found - ready))

    def _published_twice(self) -> Iterator[str]:
        photos = self.library.photos.records.values()
        counts = Counter((photo.owner, photo.claim) for photo in photos if photo.claim)
        yield from (
            f"{owner} has {count} published photos of the same bytes"
            for (owner, _), count in counts.items()
            if count > 1
        )

    def _bucket_differences(self) -> Iterator[str]:
        originals, photos = self.library.originals, self.library.photos.records.values()
        keys = [photo.key for photo in photos]
        # An upload that its owner has erased never gets a photo again.
        yield from (f"{key} was published again" for key in sorted(self.closed & {*keys, *originals.latest}))
        for key in sorted(((originals.latest.keys() - self.closed) ^ set(keys)) - self.forgotten):
            yield f"{key} has {'an object but no photo' if key in originals.latest else 'a photo but no object'}"
        if len(keys) != len(set(keys)):
            yield f"one object has two photos: {keys}"
        for photo in photos:
            original = originals.head(photo.key)
            if original is None:
                continue
            if original.version != photo.object_version:
                yield f"{photo.photo_id} is of {photo.object_version}, but the current version is {original.version}"
                continue
            data = originals.versions[photo.key, original.version][1]
            out_of_attempts = photo.state is State.REJECTED and "attempts" in str(photo.reason)
            expected = {State.REJECTED} if data == b"bad" else {State.READY, State.DUPLICATE}
            if photo.state not in {*expected, State.TRASHED} and not (out_of_attempts and self.kills >= MAX_ATTEMPTS):
                yield f"{photo.photo_id}, {data!r}, is {photo.state}: {photo.reason}"

    def _dangling_duplicates(self) -> Iterator[str]:
        """Duplicates of a photo that is neither ready nor in the trash."""
        photos = self.library.photos.records
        for photo in photos.values():
            if photo.state is State.DUPLICATE and photo.duplicate_of in photos:
                holder = photos[photo.duplicate_of]
                if holder.state not in {State.READY, State.TRASHED}:
                    yield f"{photo.photo_id} is a duplicate of a photo that is {holder.state}"


def _found_tags(photo: Photo) -> set[str]:
    """The tags that were found in the file or by the labeler."""
    return {*photo.keywords, *photo.label_names}


def _is_described_by(photo: Photo, metadata: Metadata) -> bool:
    """Whether the record says what the file says, but for keywords that its owner has removed."""
    recorded = (photo.camera_time, photo.file_caption, photo.file_rating, photo.lens, photo.exposure)
    position = metadata.coordinates
    return (
        recorded == (metadata.capture_time, metadata.caption, metadata.rating, metadata.lens, metadata.exposure)
        and photo.file_coordinates == position
        and photo.file_place == (find_place(photo.coordinates) if photo.coordinates else ())
        and set(photo.keywords) <= set(metadata.keywords)
    )


def _number(labeler: str) -> int:
    return int(labeler.rpartition("-")[2])


def _kill_between_steps(before: Photo | None, _: Photo | None) -> None:
    if before and before.pending_rows:
        raise ProcessKilled
