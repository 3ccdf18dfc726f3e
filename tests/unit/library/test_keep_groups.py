import pytest

from chalicelib.library.keep_groups import MAX_KEEP_GROUPS, group_name, keep, share_keep_group, unkeep
from chalicelib.library.photo import Photo
from tests.support.factories import photo


def keep_together(*photos: Photo) -> list[Photo]:
    name = group_name(each.photo_id for each in photos)
    return [keep(each, name) for each in photos]


def test_name_of_a_group_is_that_of_its_photos_in_any_order() -> None:
    assert group_name(["a", "b"]) == group_name(["b", "a"])
    assert len({group_name(ids) for ids in (["a", "b"], ["a"], ["a", "c"], ["a", "b", "c"], ["\ud800"])}) == 5
    assert len(group_name(["a"])) == 16


def test_photos_share_a_keep_group() -> None:
    a, b, c = keep_together(photo("a"), photo("b"), photo("c"))
    assert share_keep_group([a, b, c])
    assert share_keep_group([a, c])


def test_photo_of_no_keep_group_or_another_one_shares_none() -> None:
    a, b = keep_together(photo("a"), photo("b"))
    c, d = keep_together(photo("c"), photo("d"))
    assert not share_keep_group([a, b, photo("new")])
    assert not share_keep_group([a, b, c, d])
    assert not share_keep_group([photo("new"), photo("newer")])


def test_photo_has_several_keep_groups() -> None:
    a, b, c = keep_together(photo("a"), photo("b"), photo("c"))
    c, d = keep_together(c, photo("d"))
    assert share_keep_group([a, b, c])
    assert share_keep_group([c, d])
    assert not share_keep_group([a, b, c, d])


def test_repeated_calls_change_nothing() -> None:
    member = keep(photo("a"), "1")
    assert keep(member, "1") == member
    assert unkeep(photo("a"), "1") == photo("a")
    assert unkeep(unkeep(keep(member, "2"), "1"), "1").keep_groups == ("2",)


@pytest.mark.parametrize("groups", [MAX_KEEP_GROUPS, 3 * MAX_KEEP_GROUPS])
def test_last_groups_are_remembered(groups: int) -> None:
    member = photo("a")
    for group in range(groups):
        member = keep(member, str(group))
    assert member.keep_groups == tuple(map(str, range(groups)))[-MAX_KEEP_GROUPS:]
