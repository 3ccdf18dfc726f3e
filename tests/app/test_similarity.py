from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.library.similarity_index import Group, GroupIndex, groups_key
from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.images.samples import encoded
from tests.support.images.scenes import scene

EMBEDDING = b"\x55" * 160


def copies(tintype: Tintype) -> tuple[str, str]:
    """Publish a photo and a smaller copy of it; returns their ids."""
    picture = scene(1)
    return (
        tintype.publish("large.jpg", encoded(picture, quality=90)),
        tintype.publish("small.jpg", encoded(picture.resize((320, 240)), quality=50)),
    )


def set_embedding(tintype: Tintype, photo_id: str, embedding: bytes = EMBEDDING) -> None:
    """Give a photo this embedding, whichever labeler there is."""
    stored = tintype.container.photos.get(photo_id)
    assert stored
    tintype.container.photos.commit(stored, replace(stored, embedding=embedding))


def test_near_duplicates_are_found_by_the_schedule(tintype: Tintype) -> None:
    large, small = copies(tintype)
    tintype.publish("other.jpg", encoded(scene(2)))
    assert tintype.get("/photos/near-duplicates", as_=OWNER) == {"items": [], "cursor": None, "as_of": None}
    tintype.sweep()
    page = tintype.get("/photos/near-duplicates", as_=OWNER)
    (group,) = page["items"]
    assert (group["keep"], [photo["photo_id"] for photo in group["photos"]]) == (large, [large, small])
    assert page["as_of"].startswith("20")


def test_trashed_photos_leave_their_group_at_once(tintype: Tintype) -> None:
    _, small = copies(tintype)
    tintype.sweep()
    assert tintype.call("DELETE", f"/photos/{small}", as_=OWNER).status_code == 204
    assert tintype.get("/photos/near-duplicates", as_=OWNER)["items"] == []
    tintype.call("POST", f"/photos/{small}/restore", as_=OWNER)
    assert len(tintype.get("/photos/near-duplicates", as_=OWNER)["items"]) == 1


def act_on(tintype: Tintype, action: str, *photo_ids: str, as_: str = OWNER) -> list[bool]:
    body = {"photo_ids": photo_ids, "action": action}
    response = tintype.call("POST", "/photos/batch", as_=as_, body=body)
    return [result["ok"] for result in response.json_body["results"]]


def test_group_to_keep_is_left_out_until_it_gets_another_photo(tintype: Tintype) -> None:
    group = copies(tintype)
    tintype.sweep()
    for _ in range(2):
        assert act_on(tintype, "keep", *group) == [True, True]
        assert tintype.get("/photos/near-duplicates", as_=OWNER)["items"] == []
    version = tintype.get(f"/photos/{group[0]}", as_=OWNER)["version"]
    act_on(tintype, "keep", *reversed(group))
    assert tintype.get(f"/photos/{group[0]}", as_=OWNER)["version"] == version
    added = tintype.publish("new.jpg", encoded(scene(1), quality=40))
    index = GroupIndex(datetime.now(UTC), (Group("9999", (*group, added)),))
    tintype.container.index_files.write(groups_key(id_of(OWNER)), index.to_bytes())
    (found,) = tintype.get("/photos/near-duplicates", as_=OWNER)["items"]
    assert {photo["photo_id"] for photo in found["photos"]} == {*group, added}


def test_group_not_to_keep_any_longer_is_listed(tintype: Tintype) -> None:
    group = copies(tintype)
    tintype.sweep()
    act_on(tintype, "keep", *group)
    for _ in range(2):
        assert act_on(tintype, "unkeep", *group) == [True, True]
        assert len(tintype.get("/photos/near-duplicates", as_=OWNER)["items"]) == 1


def test_strangers_keep_nothing(tintype: Tintype) -> None:
    group = copies(tintype)  # public
    tintype.sweep()
    assert act_on(tintype, "keep", *group, as_="stranger") == [False, False]
    assert len(tintype.get("/photos/near-duplicates", as_=OWNER)["items"]) == 1


def test_near_duplicates_have_pages(tintype: Tintype) -> None:
    for seed in (1, 2):
        for quality in (90, 40):
            tintype.publish(f"{seed}-{quality}.jpg", encoded(scene(seed), quality=quality))
    tintype.sweep()
    first = tintype.get("/photos/near-duplicates", as_=OWNER, limit=1)
    second = tintype.get("/photos/near-duplicates", as_=OWNER, limit=1, cursor=first["cursor"])
    assert (len(first["items"]), len(second["items"]), second["cursor"]) == (1, 1, None)
    assert first["items"][0]["keep"] != second["items"][0]["keep"]
    foreign = tintype.call("GET", "/photos/near-duplicates", as_="stranger", query={"cursor": first["cursor"]})
    assert foreign.status_code == 400


def test_near_duplicates_are_those_of_the_caller(tintype: Tintype) -> None:
    copies(tintype)  # public
    tintype.sweep()
    assert tintype.get("/photos/near-duplicates", as_="stranger")["items"] == []
    assert tintype.call("GET", "/photos/near-duplicates").status_code == 401


def test_similar_photos_are_found(tintype: Tintype) -> None:
    first, second = copies(tintype)
    set_embedding(tintype, first, b"")
    assert tintype.get(f"/photos/{first}/similar", as_=OWNER) == {"items": [], "state": "unavailable"}
    for photo_id in (first, second):
        set_embedding(tintype, photo_id)
    assert tintype.get(f"/photos/{first}/similar", as_=OWNER) == {"items": [], "state": "pending"}
    tintype.sweep()
    found = tintype.get(f"/photos/{first}/similar", as_=OWNER)
    assert ([photo["photo_id"] for photo in found["items"]], found["state"]) == ([second], "ready")


@pytest.mark.parametrize("caller", [None, "stranger"])
def test_similar_photos_of_a_photo_are_missing_for_others(tintype: Tintype, caller: str | None) -> None:
    first, _ = copies(tintype)  # public
    set_embedding(tintype, first)
    tintype.sweep()
    for photo_id in (first, "0" * 32):
        assert tintype.call("GET", f"/photos/{photo_id}/similar", as_=caller).status_code == 404


def test_small_image_is_hashed_by_ingest(tintype: Tintype) -> None:
    data = BytesIO()
    scene(3).save(data, "PNG")
    photo = tintype.container.photos.get(tintype.publish("a.png", data.getvalue()))
    assert photo
    assert len(photo.perceptual_hash) == 16
    assert photo.perceptual_hash != bytes(16)
    assert Image.open(data).size == (640, 480)
