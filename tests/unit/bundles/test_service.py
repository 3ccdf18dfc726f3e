from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain

import pytest

from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR, Delivery
from chalicelib.bundles.models import BUNDLE_LIFETIME, MAX_ATTEMPTS, Bundle, BundleState, Variant
from chalicelib.bundles.selection import PhotoSelector
from chalicelib.bundles.service import (
    MAX_BUNDLES,
    MAX_NOTIFICATION_DELAY,
    MIN_NOTIFICATION_DELAY,
    NO_ADDRESS_LIMIT,
    NOTIFICATION,
    RECORD_DELAY_LIMIT,
    VOLUME_LEASE,
    BundleRequest,
    BundleService,
    zip_filename,
)
from chalicelib.errors import Conflict, Expired, Invalid, NotFound, PhotoNotFound, Unavailable
from chalicelib.library.photo import Derivative, Photo, State
from chalicelib.library.photo_query import Match
from tests.fakes.bundle_service import (
    FakeNotifier,
    FakeVolumeBuilder,
    MemoryBundleStore,
    MemoryManifestStore,
    MemoryMessageLimit,
    MemoryVolumeQueue,
)
from tests.fakes.library import Clock
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, clock, photo
from tests.support.fault_injection import ProcessKilled

USER_TAGS = {"p0": ("sea",), "p1": ("sea", "dog"), "p2": ("dog",), "p3": ("cat",)}


@dataclass
class BundleFixture:
    """A bundle service over fakes, with four photos."""

    clock: Clock = field(default_factory=Clock)
    store: MemoryBundleStore = field(default_factory=MemoryBundleStore)
    manifests: MemoryManifestStore = field(default_factory=MemoryManifestStore)
    queue: MemoryVolumeQueue = field(default_factory=MemoryVolumeQueue)
    notifier: FakeNotifier = field(default_factory=FakeNotifier)
    active_keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.photo_store = MemoryPhotoStore(now=self.clock)
        for n, (photo_id, user_tags) in enumerate(USER_TAGS.items()):
            taken = clock(NOON - timedelta(days=n))
            self.photo_store.commit(
                None, photo(photo_id, user_tags=user_tags, camera_time=taken, filename=f"{photo_id}.jpg")
            )
        self.selector = PhotoSelector(self.photo_store, self.photo_store, 3)
        self.builder = FakeVolumeBuilder(self.manifests)
        self.ids = iter(range(1000))
        self.service = BundleService(
            store=self.store,
            manifests=self.manifests,
            queue=self.queue,
            builder=self.builder,
            notifier=self.notifier,
            message_limit=MemoryMessageLimit(MAX_MESSAGES_PER_HOUR),
            is_key_active=self.active_keys.__contains__,
            now=self.clock,
            new_id=lambda: f"id{next(self.ids)}",
            max_photos=3,
            max_volume_bytes=2000,
            link_secret="secret",
            api_url="https://api",
        )

    def create(
        self, *tags: str, match: Match = Match.ANY, photo_ids: tuple[str, ...] = (), notify: bool = False
    ) -> Bundle:
        photos = chain(
            self.selector.by_ids(photo_ids, lambda photo: photo.owner == OWNER),
            self.selector.by_tags(OWNER, tags, match),
        )
        return self.service.create(BundleRequest(OWNER, photos, OWNER, notify=notify))

    def deliver(self) -> None:
        """Deliver every message once, in order."""
        for bundle_id, number, sent_at in self.queue.messages:
            self.service.build_volume(bundle_id, number, sent_at)

    def deliver_new(self) -> None:
        """Deliver the messages that are in the queue now; those sent meanwhile stay in it."""
        messages, self.queue.messages = self.queue.messages, []
        for message in messages:
            self.service.build_volume(*message)

    def state(self, bundle: Bundle) -> BundleState:
        return self.service.get(OWNER, bundle.bundle_id).state(self.clock())

    def contents(self) -> list[list[str]]:
        return [self.manifests.zips[key] for key in sorted(self.manifests.zips)]


def test_any_match_includes_each_photo_once_oldest_first() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea", "dog")
    assert (bundle.photos, bundle.bytes, len(bundle.volumes)) == (3, 3000, 2)
    assert fixture.state(bundle) is BundleState.QUEUED
    fixture.deliver()
    assert fixture.state(bundle) is BundleState.READY
    assert fixture.contents() == [["p2.jpg", "p1.jpg"], ["p0.jpg"]]


def test_all_match_is_combined_with_photo_ids() -> None:
    fixture = BundleFixture()
    fixture.create("sea", "dog", match=Match.ALL, photo_ids=("p3", "p1"))
    fixture.deliver()
    assert fixture.contents() == [["p3.jpg", "p1.jpg"]]


def test_only_ready_photos_are_included() -> None:
    fixture = BundleFixture()
    stored = fixture.photo_store.records["p0"]
    fixture.photo_store.commit(stored, photo("p0", state=State.TRASHED, camera_time=clock(NOON)))
    assert fixture.create("sea").photos == 1


@pytest.mark.parametrize("tags", [("nothing",), ("sea", "cat")])
def test_no_match_raises_not_found(tags: tuple[str, ...]) -> None:
    fixture = BundleFixture()
    with pytest.raises(NotFound):
        fixture.create(*tags, match=Match.ALL)
    assert (fixture.store.bundles, fixture.manifests.manifests, fixture.queue.messages) == ({}, {}, [])


def test_too_many_photos_raise_invalid() -> None:
    fixture = BundleFixture()
    for tags, picked in ((("sea", "dog", "cat"), ()), (("sea", "dog"), ("p3",))):
        with pytest.raises(Invalid, match="3") as refused:
            fixture.create(*tags, photo_ids=picked)
        assert refused.value.code == "too_many_photos"


@pytest.mark.parametrize("state", [State.TRASHED, State.PROCESSING, State.ERASED])
def test_unavailable_photo_id_raises_photo_not_found(state: State) -> None:
    fixture = BundleFixture()
    fixture.photo_store.commit(None, photo("theirs", owner="another"))
    fixture.photo_store.commit(None, photo("mine", state=state))
    for missing in ("theirs", "mine", "unknown"):
        with pytest.raises(PhotoNotFound, match=r"^Photo not found\.$"):
            fixture.create(photo_ids=("p0", missing))
    assert fixture.store.bundles == {}


def with_resized(photo: Photo) -> Photo:
    """The photo with a resized image of 100 bytes, in an album."""
    resized = Derivative(f"{photo.photo_id}/resized.jpg", "image/jpeg", "JPEG", 20, 15, 100)
    return replace(photo, derivatives={"resized": resized}, albums=("a1",))


def put_in_album(fixture: BundleFixture, *photo_ids: str) -> None:
    for photo_id in photo_ids:
        stored = fixture.photo_store.records[photo_id]
        fixture.photo_store.commit(stored, with_resized(stored))


@pytest.mark.parametrize(
    ("variant", "originals_owner", "size"),
    [
        (Variant.ORIGINAL, OWNER, 1000 + 1000 + 100),
        (Variant.RESIZED, OWNER, 300),
        (Variant.ORIGINAL, "another", 100 + 100 + 1000),
    ],
)
def test_originals_of_others_are_never_included(variant: Variant, originals_owner: str, size: int) -> None:
    fixture = BundleFixture()
    theirs = photo("theirs", owner="another", camera_time=clock(NOON), filename="theirs.jpg")
    fixture.photo_store.commit(None, theirs)
    put_in_album(fixture, "p0", "p2", "theirs")
    request = BundleRequest("share/s1", fixture.selector.in_album("a1"), originals_owner, variant, max_bundles=1)
    bundle = fixture.service.create(request)
    assert (bundle.owner, bundle.photos, bundle.bytes) == ("share/s1", 3, size)
    assert fixture.service.list_by_owner("share/s1") == [bundle]
    with pytest.raises(Conflict):
        fixture.service.create(request)
    fixture.create("sea")  # the limit of the share is not that of the owner


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("", ["tintype-2026-11-20-1-of-2.zip", "tintype-2026-11-20-2-of-2.zip"]),
        ("Lisbon: day 1/2", ["Lisbon_ day 1_2-1-of-2.zip", "Lisbon_ day 1_2-2-of-2.zip"]),
        ("ü" * 200, [f"{'ü' * 100}-1-of-2.zip", f"{'ü' * 100}-2-of-2.zip"]),
    ],
)
def test_zip_files_are_named_after_the_title_or_the_day(title: str, names: list[str]) -> None:
    fixture = BundleFixture()
    photos = fixture.selector.by_tags(OWNER, ("sea", "dog"), Match.ANY)
    bundle = fixture.service.create(BundleRequest(OWNER, photos, OWNER, title=title))
    assert [zip_filename(bundle, volume) for volume in bundle.volumes] == names


def test_album_without_photos_raises_not_found() -> None:
    fixture = BundleFixture()
    with pytest.raises(NotFound):
        fixture.service.create(BundleRequest(OWNER, fixture.selector.in_album("a1"), OWNER))


def test_more_bundles_than_allowed_raise_conflict() -> None:
    fixture = BundleFixture()
    first = fixture.create("sea")
    for _ in range(MAX_BUNDLES - 1):
        fixture.create("sea")
    with pytest.raises(Conflict, match="already have 200 bundles"):
        fixture.create("sea")
    fixture.service.delete(OWNER, first.bundle_id)
    fixture.create("sea")
    fixture.clock.advance(BUNDLE_LIFETIME)
    fixture.create("sea")


def test_bundle_over_the_limit_leaves_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    fixture = BundleFixture()
    for _ in range(MAX_BUNDLES):
        fixture.create("sea")
    files = dict(fixture.manifests.manifests)
    # The other requests that take the last place are handled at the same time.
    answers = iter([True, False])
    monkeypatch.setattr(MemoryBundleStore, "has_room", lambda *_: next(answers))
    with pytest.raises(Conflict, match="already have 200 bundles"):
        fixture.create("sea")
    assert fixture.manifests.manifests == files
    assert len(fixture.store.bundles) == MAX_BUNDLES


def test_bundles_over_the_hourly_limit_of_messages_have_none() -> None:
    fixture = BundleFixture()
    bundles = [fixture.create("sea", notify=True) for _ in range(MAX_MESSAGES_PER_HOUR + 1)]
    assert [bundle.notify for bundle in bundles] == [True] * MAX_MESSAGES_PER_HOUR + [False]
    fixture.deliver()
    assert len(fixture.notifier.messages) == MAX_MESSAGES_PER_HOUR
    fixture.clock.advance(timedelta(hours=1))
    assert fixture.create("sea", notify=True).notify


def test_failed_queue_leaves_no_bundle() -> None:
    fixture = BundleFixture()
    fixture.queue.broken = True
    with pytest.raises(Unavailable):
        fixture.create("sea")
    assert fixture.store.bundles == {}


def test_message_before_its_record_raises_conflict_then_is_dropped() -> None:
    fixture = BundleFixture()
    with pytest.raises(Conflict):
        fixture.service.build_volume("nothing", 1, fixture.clock())
    fixture.clock.advance(RECORD_DELAY_LIMIT)
    assert fixture.service.build_volume("nothing", 1, fixture.clock() - RECORD_DELAY_LIMIT) is None


def test_message_delivered_twice_builds_once() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea", "dog", notify=True)
    fixture.deliver()
    built = fixture.service.get(OWNER, bundle.bundle_id)
    fixture.deliver()
    assert fixture.service.get(OWNER, bundle.bundle_id) == built
    assert len(fixture.notifier.messages) == 1


def test_volume_is_leased_by_one_worker() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")
    refusals = []

    def again() -> None:
        with pytest.raises(Conflict):
            fixture.deliver()
        refusals.append(1)

    fixture.builder.before_entry = again
    fixture.deliver()
    assert (fixture.state(bundle), len(refusals)) == (BundleState.READY, 2)


def test_volume_is_rebuilt_after_lease_of_killed_worker_expires() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")

    def die() -> None:
        raise ProcessKilled

    fixture.builder.before_entry = die
    with pytest.raises(ProcessKilled):
        fixture.deliver()
    fixture.builder.before_entry = lambda: None
    with pytest.raises(Conflict):
        fixture.deliver()  # not built yet
    fixture.clock.advance(VOLUME_LEASE)
    fixture.deliver()
    assert fixture.state(bundle) is BundleState.READY
    assert fixture.contents() == [["p1.jpg", "p0.jpg"]]


def test_volume_fails_with_reason_after_five_attempts() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")

    def fail() -> None:
        raise Unavailable("S3 did not respond.")

    fixture.builder.before_entry = fail
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(Unavailable):
            fixture.deliver()
        assert fixture.state(bundle) is (BundleState.FAILED if attempt == MAX_ATTEMPTS else BundleState.BUILDING)
    (volume,) = fixture.service.get(OWNER, bundle.bundle_id).volumes
    assert "5 attempts" in str(volume.reason)
    fixture.builder.before_entry = lambda: None
    fixture.deliver()
    assert fixture.state(bundle) is BundleState.FAILED


def test_volume_fails_after_five_killed_workers() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")

    def die() -> None:
        raise ProcessKilled

    fixture.builder.before_entry = die
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ProcessKilled):
            fixture.deliver()
        fixture.clock.advance(VOLUME_LEASE)
    assert fixture.state(bundle) is BundleState.FAILED


def test_progress_is_saved_at_most_once_a_second() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea", "dog")
    seen: list[tuple[int, int]] = []

    def record_progress() -> None:
        volume = fixture.store.bundles[bundle.bundle_id].volumes[0]
        seen.append((volume.photos_done, volume.version))
        fixture.clock.advance(timedelta(seconds=0.6))

    fixture.builder.before_entry = record_progress
    bundle_id, number, sent_at = fixture.queue.messages[0]
    fixture.service.build_volume(bundle_id, number, sent_at)
    done = fixture.store.bundles[bundle_id].volumes[0]
    assert seen == [(0, 1), (1, 2)]
    assert (done.photos_done, done.bytes_done, done.version) == (2, 2000, 3)


def test_deleted_bundle_loses_its_files_and_stops_its_worker() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea", notify=True)

    def cancel() -> None:
        fixture.clock.advance(timedelta(seconds=2))
        if bundle.bundle_id in fixture.store.bundles:
            fixture.service.delete(OWNER, bundle.bundle_id)

    fixture.builder.before_entry = cancel
    fixture.deliver()
    assert (fixture.manifests.manifests, fixture.manifests.zips, fixture.notifier.messages) == ({}, {}, [])
    with pytest.raises(NotFound):
        fixture.service.get(OWNER, bundle.bundle_id)
    fixture.clock.advance(RECORD_DELAY_LIMIT)
    fixture.deliver()
    assert fixture.manifests.zips == {}


@pytest.mark.parametrize("act", [lambda p, b: p.get("another", b), lambda p, b: p.delete("another", b)])
def test_bundle_of_another_owner_raises_not_found(act: Callable[[BundleService, str], object]) -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")
    with pytest.raises(NotFound):
        act(fixture.service, bundle.bundle_id)
    assert fixture.service.list_by_owner("another") == []
    assert [b.bundle_id for b in fixture.service.list_by_owner(OWNER)] == [bundle.bundle_id]


def test_owner_is_notified_once_all_volumes_are_built() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea", "dog", notify=True)
    first, second = fixture.queue.messages
    fixture.service.build_volume(*second)
    assert fixture.notifier.messages == []
    fixture.service.build_volume(*first)
    ((owner, subject, text),) = fixture.notifier.messages
    assert (owner, subject) == (OWNER, "Your photos are ready")
    for number in (1, 2):
        link = fixture.service.volume_link(bundle, number)
        assert link.startswith("https://api/d/")
        assert link in text
    assert "3 photos" in text


def test_failed_notification_is_sent_on_next_delivery() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea", notify=True)
    fixture.notifier.broken = True
    with pytest.raises(Unavailable):
        fixture.deliver()
    assert fixture.state(bundle) is BundleState.READY
    fixture.notifier.broken = False
    fixture.deliver()
    assert len(fixture.notifier.messages) == 1


def test_notification_waits_until_an_address_is_confirmed() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea", "dog", notify=True)
    fixture.notifier.delivery = Delivery.UNCONFIRMED
    while fixture.clock() < bundle.expires_at - timedelta(hours=1):
        fixture.clock.advance(fixture.queue.delays[-1])
        fixture.deliver_new()
        assert [number for _, number, _ in fixture.queue.messages] == [NOTIFICATION]
    fixture.notifier.delivery = Delivery.SENT
    fixture.deliver()
    fixture.deliver()  # SQS may deliver a message twice
    assert len(fixture.notifier.messages) == 1
    delays = [delay for delay in fixture.queue.delays if delay]
    assert (delays[0], delays[-1]) == (MIN_NOTIFICATION_DELAY, MAX_NOTIFICATION_DELAY)
    assert delays == sorted(delays)
    assert len(delays) < 110  # in 23 hours


def test_unconfirmed_address_is_given_up_when_the_bundle_expires_or_is_deleted() -> None:
    for end in ("expire", "delete"):
        fixture = BundleFixture()
        bundle = fixture.create("sea", notify=True)
        fixture.notifier.delivery = Delivery.UNCONFIRMED
        fixture.deliver_new()
        if end == "expire":
            fixture.clock.advance(BUNDLE_LIFETIME)
        else:
            fixture.service.delete(OWNER, bundle.bundle_id)
        fixture.notifier.delivery = Delivery.SENT
        fixture.deliver_new()
        assert (fixture.queue.messages, fixture.notifier.messages) == ([], [])


def test_owner_without_an_address_may_subscribe_within_an_hour() -> None:
    fixture = BundleFixture()
    fixture.create("sea", notify=True)
    fixture.notifier.delivery = Delivery.NO_ADDRESS
    start = fixture.clock()
    while fixture.queue.messages:
        fixture.clock.advance(fixture.queue.delays[-1])
        fixture.deliver_new()
    assert NO_ADDRESS_LIMIT <= fixture.clock() - start <= NO_ADDRESS_LIMIT + MAX_NOTIFICATION_DELAY


def test_failed_message_about_the_notification_is_delivered_again() -> None:
    fixture = BundleFixture()
    fixture.create("sea", notify=True)
    fixture.notifier.delivery = Delivery.UNCONFIRMED
    fixture.queue.broken = True
    with pytest.raises(Unavailable):
        fixture.deliver()
    fixture.queue.broken, fixture.notifier.delivery = False, Delivery.SENT
    fixture.deliver()
    assert len(fixture.notifier.messages) == 1


def test_bundle_without_photos_is_ready_at_once_and_says_so() -> None:
    fixture = BundleFixture()
    bundle = fixture.service.create(BundleRequest(OWNER, [], OWNER, notify=True, may_be_empty=True))
    assert (bundle.photos, fixture.state(bundle)) == (0, BundleState.READY)
    fixture.deliver()
    ((_, subject, text),) = fixture.notifier.messages
    assert (subject, text) == ("No photos found", "None of your photos have the labels that you chose.\n")
    fixture.deliver()
    assert len(fixture.notifier.messages) == 1


def test_no_notification_unless_requested() -> None:
    fixture = BundleFixture()
    fixture.create("sea")
    fixture.deliver()
    assert fixture.notifier.messages == []


def test_link_resolves_to_signed_url_until_bundle_expires() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")
    token = fixture.service.volume_link(bundle, 1).rpartition("/")[2]
    with pytest.raises(NotFound):
        fixture.service.resolve_link(token)
    fixture.deliver()
    assert fixture.service.resolve_link(token) == f"https://bundles/{bundle.bundle_id}/volume-0001.zip?signed"
    fixture.clock.advance(BUNDLE_LIFETIME)
    with pytest.raises(Expired):
        fixture.service.resolve_link(token)
    fixture.clock.advance(-BUNDLE_LIFETIME)
    fixture.service.delete(OWNER, bundle.bundle_id)
    with pytest.raises(NotFound):
        fixture.service.resolve_link(token)


def test_link_given_to_an_api_key_ends_when_the_key_is_revoked() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")
    fixture.deliver()
    own, of_key = (fixture.service.volume_link(bundle, 1, key).rpartition("/")[2] for key in (None, "k1"))
    fixture.active_keys.add("k1")
    assert fixture.service.resolve_link(of_key) == fixture.service.resolve_link(own)
    fixture.active_keys.remove("k1")
    with pytest.raises(Expired, match="ended with the API key"):
        fixture.service.resolve_link(of_key)
    fixture.service.resolve_link(own)


def test_deleted_original_is_listed_as_skipped() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")
    fixture.builder.missing = {fixture.photo_store.records["p1"].key}
    fixture.deliver()
    (volume,) = fixture.service.get(OWNER, bundle.bundle_id).volumes
    assert [skipped.photo_id for skipped in volume.skipped] == ["p1"]
    assert fixture.contents() == [["p0.jpg"]]


def test_expired_bundle_is_not_built() -> None:
    fixture = BundleFixture()
    bundle = fixture.create("sea")
    fixture.clock.advance(BUNDLE_LIFETIME)
    fixture.deliver()
    assert (fixture.state(bundle), fixture.manifests.zips) == (BundleState.EXPIRED, {})
