"""Draws from a library that was edited at random: each photo comes as its weight says, and says so truly."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

import pytest

from chalicelib.library.collections import sampling_key
from chalicelib.library.photo import Photo, PhotoStore, State, Visibility
from chalicelib.library.sampling import Sampler, SamplingIndex
from local.provision import ProvisionedStack
from tests.fakes.photos import MemoryPhotoStore
from tests.stress.aws_library import fresh
from tests.support import aws_clients
from tests.support.chi_square import p_value
from tests.support.factories import photo

KINDS = ["all alike", "uneven", "wildly uneven"]


@dataclass
class Tracked:
    """A library as somebody keeps it who draws from its cats: what is ready, public and a cat counts."""

    catalogue: PhotoStore
    slots: SamplingIndex
    rng: Random

    def fill(self, size: int, kind: str) -> list[Photo]:
        """So many cats, with weights of this kind."""
        weights = [self.weight(kind) for _ in range(size)]
        return [
            self.catalogue.commit(None, photo(f"{self.rng.getrandbits(128):032x}", user_tags=("cat",), weight=weight))
            for weight in weights
        ]

    def weight(self, kind: str) -> int:
        """A weight in millionths."""
        if kind == "all alike":
            return 500_000
        return self.rng.randint(1, 999_999) if kind == "uneven" else round(10 ** self.rng.uniform(0, 5.999))

    def edited(self, photos: list[Photo], times: int) -> list[Photo]:
        """The same photos after so many changes: other weights, trashed, restored, hidden, shown, retagged."""
        now = list(photos)
        for _ in range(times):
            at = self.rng.randrange(len(now))
            before = now[at]
            change = self.rng.choice(
                [
                    {"weight": self.weight("uneven")},
                    {"weight": self.weight("wildly uneven")},
                    {"state": State.READY if before.state is State.TRASHED else State.TRASHED},
                    {"visibility": self.rng.choice(list(Visibility))},
                    {"user_tags": self.rng.choice([("cat",), ("dog",), ("cat", "dog")])},
                ]
            )
            now[at] = self.catalogue.commit(before, replace(before, **change))  # type: ignore[arg-type]
        return now

    def draws_as_promised(self, photos: list[Photo], times: int) -> None:
        """Draw so often; every probability must be true, and the draws must be such as the weights make likely."""
        there = {p.photo_id: p.weight for p in photos if stands_there(p)}
        sampling, drawn = Sampler(self.slots, self.rng), Counter[str]()
        for _ in range(times):
            one = sampling.draw("public", "cat", None)
            assert one.probability == there[one.photo.photo_id] / sum(there.values())
            drawn[one.photo.photo_id] += 1
        assert p_value(drawn, there) > 0.001
        assert p_value(*by_arc(drawn, there)) > 0.001


def by_arc(drawn: Counter[str], weights: Mapping[str, int]) -> tuple[Counter[str], Counter[str]]:
    """Draws and weights by class and sixteenth of its dial: what a window has too much or too little shows there."""
    draws, whole = Counter[str](), Counter[str]()
    for name, weight in weights.items():
        arc = sampling_key(weight, name)[:4]
        draws[arc] += drawn[name]
        whole[arc] += weight
    return draws, whole


def stands_there(photo: Photo) -> bool:
    """Whether somebody anonymous finds it among the cats."""
    return photo.state is State.READY and photo.visibility is Visibility.PUBLIC and "cat" in photo.user_tags


def in_memory(seed: int) -> Tracked:
    memory = MemoryPhotoStore()
    return Tracked(memory, memory, Random(seed))


@pytest.fixture
def in_cloud(cloud: ProvisionedStack) -> Iterator[Tracked]:
    """An empty library in the local cloud."""
    with aws_clients.local_cloud_clients(cloud) as clients, fresh(clients) as made:
        yield Tracked(made.library.photos, made.library.sampling_index, Random(5))


def test_draws_follow_the_weights_before_and_after_edits() -> None:
    visible = in_memory(1)
    photos = visible.fill(400, "all alike")
    visible.draws_as_promised(photos, 1_500)
    visible.draws_as_promised(visible.edited(photos, 120), 1_500)


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS)
def test_20000_draws_of_1000_photos_follow_the_weights_before_and_after_300_edits(kind: str) -> None:
    visible = in_memory(KINDS.index(kind) + 2)
    photos = visible.fill(1_000, kind)
    visible.draws_as_promised(photos, 20_000)
    visible.draws_as_promised(visible.edited(photos, 300), 20_000)


@pytest.mark.cloud
@pytest.mark.proof
def test_draws_from_the_local_cloud_follow_the_weights_before_and_after_edits(in_cloud: Tracked) -> None:
    photos = in_cloud.fill(300, "all alike")
    in_cloud.draws_as_promised(photos, 600)
    in_cloud.draws_as_promised(in_cloud.edited(photos, 100), 600)
