"""Draws from a library after random edits: frequencies and probabilities follow the weights."""

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
from tests.stress.aws_library import new_library
from tests.support import aws_clients
from tests.support.chi_square import p_value
from tests.support.factories import photo

KINDS = ["all alike", "uneven", "wildly uneven"]


@dataclass
class SampledLibrary:
    """A library with photos tagged `cat`, drawn by an anonymous user."""

    photos: PhotoStore
    sampling_index: SamplingIndex
    rng: Random

    def fill(self, size: int, kind: str) -> list[Photo]:
        """Add photos tagged `cat` with weights of this kind."""
        weights = [self.weight(kind) for _ in range(size)]
        return [
            self.photos.commit(None, photo(f"{self.rng.getrandbits(128):032x}", user_tags=("cat",), weight=weight))
            for weight in weights
        ]

    def weight(self, kind: str) -> int:
        """A weight in millionths."""
        if kind == "all alike":
            return 500_000
        return self.rng.randint(1, 999_999) if kind == "uneven" else round(10 ** self.rng.uniform(0, 5.999))

    def edit(self, photos: list[Photo], times: int) -> list[Photo]:
        """Apply random changes: weight, state, visibility, tags."""
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
            now[at] = self.photos.commit(before, replace(before, **change))  # type: ignore[arg-type]
        return now

    def assert_draws_follow_weights(self, photos: list[Photo], times: int) -> None:
        """Every probability is exact, and the draws are likely under the weights."""
        weights_by_id = {p.photo_id: p.weight for p in photos if is_drawable(p)}
        sampling, drawn = Sampler(self.sampling_index, self.rng), Counter[str]()
        for _ in range(times):
            drawn_photo = sampling.draw("public", "cat", None)
            assert drawn_photo.probability == weights_by_id[drawn_photo.photo.photo_id] / sum(weights_by_id.values())
            drawn[drawn_photo.photo.photo_id] += 1
        assert p_value(drawn, weights_by_id) > 0.001
        assert p_value(*count_by_arc(drawn, weights_by_id)) > 0.001


def count_by_arc(drawn: Counter[str], weights: Mapping[str, int]) -> tuple[Counter[str], Counter[str]]:
    """Draws and weights by weight class and sixteenth of the hash range; shows errors in windows."""
    draws, whole = Counter[str](), Counter[str]()
    for name, weight in weights.items():
        arc = sampling_key(weight, name)[:4]
        draws[arc] += drawn[name]
        whole[arc] += weight
    return draws, whole


def is_drawable(photo: Photo) -> bool:
    """Whether an anonymous user can draw this photo."""
    return photo.state is State.READY and photo.visibility is Visibility.PUBLIC and "cat" in photo.user_tags


def memory_library(seed: int) -> SampledLibrary:
    memory = MemoryPhotoStore()
    return SampledLibrary(memory, memory, Random(seed))


@pytest.fixture
def cloud_library(cloud: ProvisionedStack) -> Iterator[SampledLibrary]:
    """An empty library in the local cloud."""
    with aws_clients.local_cloud_clients(cloud) as clients, new_library(clients) as new:
        yield SampledLibrary(new.container.photos, new.container.sampling_index, Random(5))


def test_draws_follow_the_weights_before_and_after_edits() -> None:
    library = memory_library(1)
    photos = library.fill(400, "all alike")
    library.assert_draws_follow_weights(photos, 1_500)
    library.assert_draws_follow_weights(library.edit(photos, 120), 1_500)


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS)
def test_20000_draws_of_1000_photos_follow_the_weights_before_and_after_300_edits(kind: str) -> None:
    library = memory_library(KINDS.index(kind) + 2)
    photos = library.fill(1_000, kind)
    library.assert_draws_follow_weights(photos, 20_000)
    library.assert_draws_follow_weights(library.edit(photos, 300), 20_000)


@pytest.mark.cloud
@pytest.mark.proof
def test_draws_from_the_local_cloud_follow_the_weights_before_and_after_edits(cloud_library: SampledLibrary) -> None:
    photos = cloud_library.fill(300, "all alike")
    cloud_library.assert_draws_follow_weights(photos, 600)
    cloud_library.assert_draws_follow_weights(cloud_library.edit(photos, 100), 600)
