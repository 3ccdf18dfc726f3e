from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, Outdated, PhotoNotFound, Unavailable
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.library.keep_groups import keep
from chalicelib.library.photo import Photo, Visibility
from chalicelib.library.transitions import Edit
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER
from tests.support.invariants import find_violations, read_memory
from tests.unit.ingest.support import METADATA, add_photo, sweep


def test_edit_updates_collections_and_totals() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    edit = Edit(tags=("dune",), label="cat", weight=7, visibility=Visibility.PRIVATE, filename="b.jpg")
    after = library.editor.edit(OWNER, photo_id, edit)
    assert after == library.photos.records[photo_id]
    assert (after.tags, after.weight, after.filename) == (("cat", "dune"), 7, "b.jpg")
    assert library.photos.get_trend("public", "*").totals.count == 0  # type: ignore[union-attr]
    assert find_violations(read_memory(library)) == []


def test_dismissed_label_does_not_return_with_a_new_original() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    assert "sand" in library.photos.records[photo_id].tags
    library.editor.edit(OWNER, photo_id, Edit(tags=("sea",)))
    library.originals.drop("a.jpg", b"newer", METADATA)
    library.deliver_event("a.jpg")
    assert library.photos.records[photo_id].tags == ("sea",)


def test_new_original_is_in_no_keep_group_of_the_former_one() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    library.editor.apply(OWNER, photo_id, lambda photo: keep(photo, "1"))
    library.deliver_event("a.jpg")
    assert library.photos.records[photo_id].keep_groups == ("1",)
    library.originals.drop("a.jpg", b"newer", METADATA)
    library.deliver_event("a.jpg")
    assert library.photos.records[photo_id].keep_groups == ()


def test_dismissed_label_does_not_return_from_the_due_list() -> None:
    library = MemoryLibrary()
    library.labeler.broken = True
    photo_id = add_photo(library)
    library.labeler.broken = False
    stored = library.photos.records[photo_id]
    library.photos.commit(stored, replace(stored, dismissed_labels=("sand",)))
    sweep(library, timedelta(days=1))
    after = library.photos.records[photo_id]
    assert (after.labels_pending, after.labels) == (False, ())


def test_edit_of_an_outdated_version_raises() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    version = library.photos.records[photo_id].version
    first = library.editor.edit(OWNER, photo_id, Edit(label="cat"), version)
    with pytest.raises(Outdated) as raised:
        library.editor.edit(OWNER, photo_id, Edit(label="dog"), version)
    assert raised.value.version == first.version
    assert library.photos.records[photo_id].label == "cat"


def test_edit_without_version_survives_a_concurrent_edit() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)

    def edit_concurrently(_: str) -> None:
        library.before = no_hook
        library.editor.edit(OWNER, photo_id, Edit(weight=7))

    library.before = edit_concurrently
    after = library.editor.edit(OWNER, photo_id, Edit(label="cat"))
    assert (after.label, after.weight) == ("cat", 7)


def test_edit_of_a_version_fails_on_a_concurrent_edit() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)

    def edit_concurrently(_: str) -> None:
        library.before = no_hook
        library.editor.edit(OWNER, photo_id, Edit(weight=7))

    library.before = edit_concurrently
    with pytest.raises(Outdated):
        library.editor.edit(OWNER, photo_id, Edit(label="cat"), library.photos.records[photo_id].version)


@pytest.mark.parametrize(
    "error", [Unavailable("The photo store is unavailable."), Conflict("It has changed.")], ids=type
)
def test_edit_that_is_interrupted_between_its_steps_is_completed_by_the_next_commit(error: Exception) -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    library.editor.edit(OWNER, photo_id, Edit(tags=tuple(f"a{n}" for n in range(20)), visibility=Visibility.PUBLIC))
    edit = Edit(tags=tuple(f"b{n}" for n in range(20)))
    steps: list[Photo | None] = []

    def fail(_: Photo | None, after: Photo | None) -> None:
        steps.append(after)
        if len(steps) == 2:
            raise error

    library.photos.before_commit = fail
    edited = library.editor.edit(OWNER, photo_id, edit)
    assert edited.tags == edit.tags
    assert edited.pending_rows
    assert find_violations(read_memory(library)) == []
    settled = library.editor.edit(OWNER, photo_id, Edit(weight=1))
    assert settled.pending_rows is None
    assert find_violations(read_memory(library)) == []


@pytest.mark.parametrize(
    "action",
    [
        lambda c, p: c.edit("another", p, Edit(label="cat")),
        lambda c, p: c.trash("another", p),
        lambda c, p: c.restore("another", p),
        lambda c, p: c.erase("another", p),
        lambda c, p: c.erase(OWNER, p + "x"),
    ],
)
def test_photo_of_another_owner_raises_not_found(action: Callable[[PhotoEditor, str], object]) -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    before = library.photos.records[photo_id]
    with pytest.raises(PhotoNotFound):
        action(library.editor, photo_id)
    assert library.photos.records[photo_id] == before


def test_renamed_photo_keeps_its_derivatives() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    library.editor.edit(OWNER, photo_id, Edit(filename="holiday.jpg"))
    library.originals.drop("a.jpg", b"newer", METADATA)
    library.deliver_event("a.jpg")
    assert library.photos.records[photo_id].filename == "holiday.jpg"
    assert find_violations(read_memory(library)) == []
    library.editor.erase(OWNER, photo_id)
    assert library.derivatives.images == {}
