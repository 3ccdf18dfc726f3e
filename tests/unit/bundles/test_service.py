from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from chalicelib.bundles.models import BUNDLE_LIFETIME, MAX_ATTEMPTS, Bundle, BundleState
from chalicelib.bundles.selection import BundleRequest
from chalicelib.bundles.service import MAX_BUNDLES, RECORD_DELAY_LIMIT, VOLUME_LEASE, BundleService
from chalicelib.errors import Conflict, Expired, Invalid, NotFound, PhotoNotFound, Unavailable
from chalicelib.library.photo import State
from chalicelib.library.search import Match
from tests.fakes.bundle_service import (
    FakeNotifier,
    FakeVolumeBuilder,
    MemoryBundleStore,
    MemoryManifestStore,
    MemoryVolumeQueue,
)
from tests.fakes.library import Clock
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, photo
from tests.support.fault_injection import ProcessKilled

WORDS = {"p0": ("sea",), "p1": ("sea", "dog"), "p2": ("dog",), "p3": ("cat",)}


@dataclass
class Shop:
    """Packing over fakes, with four photos to take away."""

    clock: Clock = field(default_factory=Clock)
    jobs: MemoryBundleStore = field(default_factory=MemoryBundleStore)
    plans: MemoryManifestStore = field(default_factory=MemoryManifestStore)
    queue: MemoryVolumeQueue = field(default_factory=MemoryVolumeQueue)
    told: FakeNotifier = field(default_factory=FakeNotifier)

    def __post_init__(self) -> None:
        self.catalogue = MemoryPhotoStore(now=self.clock)
        for n, (photo_id, words) in enumerate(WORDS.items()):
            taken_at = NOON - timedelta(days=n)
            self.catalogue.commit(None, photo(photo_id, user_tags=words, taken_at=taken_at, filename=f"{photo_id}.jpg"))
        self.builder = FakeVolumeBuilder(self.plans)
        self.ids = iter(range(1000))
        self.packing = BundleService(
            photos=self.catalogue,
            collections=self.catalogue,
            store=self.jobs,
            manifests=self.plans,
            queue=self.queue,
            builder=self.builder,
            notifier=self.told,
            now=self.clock,
            new_id=lambda: f"id{next(self.ids)}",
            max_photos=3,
            max_volume_bytes=2000,
            link_secret="secret",
            api_url="https://api",
        )

    def order(
        self, *tags: str, match: Match = Match.ANY, photo_ids: tuple[str, ...] = (), notify: bool = False
    ) -> Bundle:
        return self.packing.create(OWNER, BundleRequest(tags, match, photo_ids, notify))

    def deliver(self) -> None:
        """Every message once, in its order."""
        for bundle_id, number, sent_at in self.queue.messages:
            self.packing.build_volume(bundle_id, number, sent_at)

    def state(self, bundle: Bundle) -> BundleState:
        return self.packing.get(OWNER, bundle.bundle_id).state(self.clock())

    def contents(self) -> list[list[str]]:
        return [self.plans.zips[key] for key in sorted(self.plans.zips)]


def test_photos_under_any_of_the_tags_are_taken_once_the_oldest_first() -> None:
    shop = Shop()
    bundle = shop.order("sea", "dog")
    assert (bundle.photos, bundle.bytes, len(bundle.volumes)) == (3, 3000, 2)
    assert shop.state(bundle) is BundleState.QUEUED
    shop.deliver()
    assert shop.state(bundle) is BundleState.READY
    assert shop.contents() == [["p2.jpg", "p1.jpg"], ["p0.jpg"]]


def test_photos_under_all_of_the_tags_and_those_picked_are_taken_together() -> None:
    shop = Shop()
    shop.order("sea", "dog", match=Match.ALL, photo_ids=("p3", "p1"))
    shop.deliver()
    assert shop.contents() == [["p3.jpg", "p1.jpg"]]


def test_what_is_not_ready_any_more_is_not_taken() -> None:
    shop = Shop()
    stored = shop.catalogue.records["p0"]
    shop.catalogue.commit(stored, photo("p0", state=State.TRASHED, taken_at=NOON))
    assert shop.order("sea").photos == 1


@pytest.mark.parametrize("tags", [("nothing",), ("sea", "cat")])
def test_where_nothing_matches_there_is_nothing_to_take(tags: tuple[str, ...]) -> None:
    shop = Shop()
    with pytest.raises(NotFound):
        shop.order(*tags, match=Match.ALL)
    assert (shop.jobs.bundles, shop.plans.manifests, shop.queue.messages) == ({}, {}, [])


def test_more_photos_than_may_be_taken_at_once_are_refused() -> None:
    shop = Shop()
    for tags, picked in ((("sea", "dog", "cat"), ()), (("sea", "dog"), ("p3",))):
        with pytest.raises(Invalid, match="3") as refused:
            shop.order(*tags, photo_ids=picked)
        assert refused.value.code == "too_many_photos"


@pytest.mark.parametrize("state", [State.TRASHED, State.PROCESSING, State.ERASED])
def test_a_picked_photo_that_is_not_there_refuses_the_whole_and_tells_nothing(state: State) -> None:
    shop = Shop()
    shop.catalogue.commit(None, photo("theirs", owner="another"))
    shop.catalogue.commit(None, photo("mine", state=state))
    for missing in ("theirs", "mine", "nobody's"):
        with pytest.raises(PhotoNotFound, match=r"^Photo not found\.$"):
            shop.order(photo_ids=("p0", missing))
    assert shop.jobs.bundles == {}


def test_nobody_has_more_than_twenty_bundles_at_a_time() -> None:
    shop = Shop()
    first = shop.order("sea")
    for _ in range(MAX_BUNDLES - 1):
        shop.order("sea")
    with pytest.raises(Conflict, match="20"):
        shop.order("sea")
    shop.packing.delete(OWNER, first.bundle_id)
    shop.order("sea")
    shop.clock.advance(BUNDLE_LIFETIME)
    shop.order("sea")


def test_an_order_whose_messages_were_not_taken_leaves_no_bundle_waiting() -> None:
    shop = Shop()
    shop.queue.broken = True
    with pytest.raises(Unavailable):
        shop.order("sea")
    assert shop.jobs.bundles == {}


def test_a_message_that_comes_before_its_record_is_delivered_again_and_one_that_has_none_is_let_go() -> None:
    shop = Shop()
    with pytest.raises(Conflict):
        shop.packing.build_volume("nothing", 1, shop.clock())
    shop.clock.advance(RECORD_DELAY_LIMIT)
    assert shop.packing.build_volume("nothing", 1, shop.clock() - RECORD_DELAY_LIMIT) is None


def test_every_message_may_come_twice() -> None:
    shop = Shop()
    bundle = shop.order("sea", "dog", notify=True)
    shop.deliver()
    built = shop.packing.get(OWNER, bundle.bundle_id)
    shop.deliver()
    assert shop.packing.get(OWNER, bundle.bundle_id) == built
    assert len(shop.told.messages) == 1


def test_two_workers_never_have_one_volume_in_hand() -> None:
    shop = Shop()
    bundle = shop.order("sea")
    refusals = []

    def again() -> None:
        with pytest.raises(Conflict):
            shop.deliver()
        refusals.append(1)

    shop.builder.before_entry = again
    shop.deliver()
    assert (shop.state(bundle), len(refusals)) == (BundleState.READY, 2)


def test_a_worker_that_dies_is_followed_by_another_who_starts_again() -> None:
    shop = Shop()
    bundle = shop.order("sea")

    def die() -> None:
        raise ProcessKilled

    shop.builder.before_entry = die
    with pytest.raises(ProcessKilled):
        shop.deliver()
    shop.builder.before_entry = lambda: None
    with pytest.raises(Conflict):
        shop.deliver()  # nobody can know yet
    shop.clock.advance(VOLUME_LEASE)
    shop.deliver()
    assert shop.state(bundle) is BundleState.READY
    assert shop.contents() == [["p1.jpg", "p0.jpg"]]


def test_a_volume_that_fails_is_tried_again_at_once_and_given_up_after_five_attempts_with_a_reason() -> None:
    shop = Shop()
    bundle = shop.order("sea")

    def fail() -> None:
        raise Unavailable("S3 does not answer.")

    shop.builder.before_entry = fail
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(Unavailable):
            shop.deliver()
        assert shop.state(bundle) is (BundleState.FAILED if attempt == MAX_ATTEMPTS else BundleState.BUILDING)
    (volume,) = shop.packing.get(OWNER, bundle.bundle_id).volumes
    assert "5 attempts" in str(volume.reason)
    shop.builder.before_entry = lambda: None
    shop.deliver()
    assert shop.state(bundle) is BundleState.FAILED


def test_a_volume_whose_workers_all_died_is_given_up() -> None:
    shop = Shop()
    bundle = shop.order("sea")

    def die() -> None:
        raise ProcessKilled

    shop.builder.before_entry = die
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ProcessKilled):
            shop.deliver()
        shop.clock.advance(VOLUME_LEASE)
    assert shop.state(bundle) is BundleState.FAILED


def test_progress_is_written_at_most_once_a_second_and_keeps_the_volume_in_hand() -> None:
    shop = Shop()
    bundle = shop.order("sea", "dog")
    seen: list[tuple[int, int]] = []

    def look() -> None:
        volume = shop.jobs.bundles[bundle.bundle_id].volumes[0]
        seen.append((volume.photos_done, volume.version))
        shop.clock.advance(timedelta(seconds=0.6))

    shop.builder.before_entry = look
    bundle_id, number, sent_at = shop.queue.messages[0]
    shop.packing.build_volume(bundle_id, number, sent_at)
    done = shop.jobs.bundles[bundle_id].volumes[0]
    assert seen == [(0, 1), (1, 2)]
    assert (done.photos_done, done.bytes_done, done.version) == (2, 2000, 3)


def test_a_cancelled_bundle_is_gone_with_its_files_and_its_worker_stops() -> None:
    shop = Shop()
    bundle = shop.order("sea", notify=True)

    def cancel() -> None:
        shop.clock.advance(timedelta(seconds=2))
        if bundle.bundle_id in shop.jobs.bundles:
            shop.packing.delete(OWNER, bundle.bundle_id)

    shop.builder.before_entry = cancel
    shop.deliver()
    assert (shop.plans.manifests, shop.plans.zips, shop.told.messages) == ({}, {}, [])
    with pytest.raises(NotFound):
        shop.packing.get(OWNER, bundle.bundle_id)
    shop.clock.advance(RECORD_DELAY_LIMIT)
    shop.deliver()
    assert shop.plans.zips == {}


@pytest.mark.parametrize("act", [lambda p, b: p.get("another", b), lambda p, b: p.delete("another", b)])
def test_a_bundle_of_somebody_else_is_not_there(act: Callable[[BundleService, str], object]) -> None:
    shop = Shop()
    bundle = shop.order("sea")
    with pytest.raises(NotFound):
        act(shop.packing, bundle.bundle_id)
    assert shop.packing.list_by_owner("another") == []
    assert [b.bundle_id for b in shop.packing.list_by_owner(OWNER)] == [bundle.bundle_id]


def test_the_owner_is_told_once_when_all_volumes_are_there() -> None:
    shop = Shop()
    bundle = shop.order("sea", "dog", notify=True)
    first, second = shop.queue.messages
    shop.packing.build_volume(*second)
    assert shop.told.messages == []
    shop.packing.build_volume(*first)
    ((owner, subject, text),) = shop.told.messages
    assert (owner, subject) == (OWNER, "Your photos are ready")
    for number in (1, 2):
        link = shop.packing.volume_link(bundle, number)
        assert link.startswith("https://api/d/")
        assert link in text
    assert "3 photos" in text


def test_who_could_not_be_told_is_told_at_the_next_delivery() -> None:
    shop = Shop()
    bundle = shop.order("sea", notify=True)
    shop.told.broken = True
    with pytest.raises(Unavailable):
        shop.deliver()
    assert shop.state(bundle) is BundleState.READY
    shop.told.broken = False
    shop.deliver()
    assert len(shop.told.messages) == 1


def test_who_did_not_ask_is_not_told() -> None:
    shop = Shop()
    shop.order("sea")
    shop.deliver()
    assert shop.told.messages == []


def test_a_link_leads_to_a_fresh_address_once_the_volume_is_there_and_ends_with_the_bundle() -> None:
    shop = Shop()
    bundle = shop.order("sea")
    token = shop.packing.volume_link(bundle, 1).rpartition("/")[2]
    with pytest.raises(NotFound):
        shop.packing.resolve_link(token)
    shop.deliver()
    assert shop.packing.resolve_link(token) == f"https://bundles/{bundle.bundle_id}/volume-0001.zip?signed"
    shop.clock.advance(BUNDLE_LIFETIME)
    with pytest.raises(Expired):
        shop.packing.resolve_link(token)
    shop.clock.advance(-BUNDLE_LIFETIME)
    shop.packing.delete(OWNER, bundle.bundle_id)
    with pytest.raises(NotFound):
        shop.packing.resolve_link(token)


def test_an_original_that_is_gone_is_told_as_skipped() -> None:
    shop = Shop()
    bundle = shop.order("sea")
    shop.builder.missing = {shop.catalogue.records["p1"].key}
    shop.deliver()
    (volume,) = shop.packing.get(OWNER, bundle.bundle_id).volumes
    assert [skipped.photo_id for skipped in volume.skipped] == ["p1"]
    assert shop.contents() == [["p0.jpg"]]


def test_a_bundle_that_expired_is_not_built_any_more() -> None:
    shop = Shop()
    bundle = shop.order("sea")
    shop.clock.advance(BUNDLE_LIFETIME)
    shop.deliver()
    assert (shop.state(bundle), shop.plans.zips) == (BundleState.EXPIRED, {})
