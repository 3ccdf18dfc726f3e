"""What follows once photos are processed: metadata of copies, albums of photos that were there before, the trash."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from itertools import count

from tintype_cli.api.errors import ApiError
from tintype_cli.imports.copies import merge
from tintype_cli.imports.errors import ImportStoppedError
from tintype_cli.imports.fields import TicketFields, without_field
from tintype_cli.imports.library import ImportLibrary, KnownPhoto
from tintype_cli.imports.state import ImportState
from tintype_cli.imports.uploads import Copy, Stage, Upload
from tintype_cli.photos import Problem

IN_WORK = frozenset({"uploading", "processing"})
FIRST_DELAY = 0.5  # seconds
MAX_DELAY = 5.0
# Somebody else has changed the photo, or this import has and the answer was lost.
CHANGED = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})
MAX_CHANGES = 15  # of a photo, and of what a copy says of it
MAX_WAIT = 900.0  # seconds in which not one photo of a batch is processed


def wait_until_processed(
    library: ImportLibrary,
    state: ImportState,
    advance: Callable[[int], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until all photos that were sent are processed, batch by batch; those that are rejected get a note.

    Raises ImportStoppedError if processing does not go on.
    """
    while uploads := state.list_uploads(Stage.SENT):
        waited = 0.0  # since a photo was last processed
        for attempt in count():
            # Those that the check does not name may be rejected. Each is asked for only when nothing moves.
            waiting = _settle(library, state, uploads, asks_each=waited > 0)
            advance(len(uploads) - len(waiting))
            if not waiting:
                break
            delay = min(FIRST_DELAY * 2**attempt, MAX_DELAY)
            waited = waited + delay if len(waiting) == len(uploads) else 0.0
            if waited > MAX_WAIT:
                raise ImportStoppedError(
                    f"{state.count_uploads(Stage.SENT):,} photos have arrived, but the library does not process them. "
                    "Run the command again later: albums and the trash are not finished."
                )
            uploads = waiting
            sleep(delay)


def add_copies(library: ImportLibrary, state: ImportState) -> None:
    """Add to photos what other files with the same bytes say; what differs or is refused becomes a note."""
    while copies := state.list_copies():
        for copy in copies:
            for reason in _add_copy(library, copy):
                state.add_note(copy.upload.sha256, reason)
            state.remove_copy(copy)


def join_albums(library: ImportLibrary, state: ImportState) -> None:
    """Add photos to albums that their tickets did not name; what the library refuses becomes a note."""
    while joins := state.list_joins():
        album_id = joins[0].album_id
        errors = library.add_to_album(album_id, [join.photo_id for join in joins])
        state.reopen_albums([album_id])
        for join in joins:
            if join.photo_id in errors:
                reason = f"It did not join an album: {errors[join.photo_id]}"
                state.add_note(join.sha256, reason)
            state.remove_join(join)


def move_to_trash(library: ImportLibrary, state: ImportState) -> None:
    """Move photos to the trash that were in the source's."""
    while uploads := state.list_trash():
        errors = library.trash([upload.photo_id for upload in uploads])
        for upload in uploads:
            if upload.photo_id in errors:
                reason = f"It was not moved to the trash: {errors[upload.photo_id]}"
                state.add_note(upload.sha256, reason)
            state.remove_trash(upload.sha256)


def _add_copy(library: ImportLibrary, copy: Copy) -> Sequence[str]:
    """Add what one copy says to its photo; returns what people should know, in sentences."""
    photo_id, same = copy.upload.photo_id, f"{copy.path} has the same bytes"
    fields = TicketFields(dict(copy.fields))
    for _ in range(MAX_CHANGES):
        try:
            photo = library.read_photo(photo_id)
            changes, differing = merge(photo, fields.body)
            if changes:
                library.change_photo(photo_id, photo["version"], changes)
        except ApiError as error:
            if error.status in CHANGED:
                continue
            if error.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
                raise
            reduced = without_field(fields, error.field, str(error))
            if reduced is None:
                return [f"{same}. What it says was left out: {error}"]
            fields = reduced
            continue
        differences = [f"{same}, but differs in {', '.join(differing)}: that was left out."] if differing else []
        return [*(f"{same}. Of its metadata, {reason}" for reason in fields.left_out), *differences]
    return [f"{same}. What it says was left out, as the photo is being changed."]


def _settle(library: ImportLibrary, state: ImportState, uploads: Sequence[Upload], *, asks_each: bool) -> list[Upload]:
    """Note which photos are processed; returns the others."""
    known = library.check([upload.sha256 for upload in uploads])
    waiting = []
    for upload in uploads:
        found = known.get(upload.sha256)
        if found is not None and found.photo_id == upload.photo_id:
            state.move(upload, Stage.DONE)
        elif not asks_each or not _settle_one(state, upload, library.find_photo(upload.photo_id)):
            waiting.append(upload)
    return waiting


def _settle_one(state: ImportState, upload: Upload, found: KnownPhoto | None) -> bool:
    """Note what became of a photo; False if it is still processed."""
    if found is None:
        state.add_problem(Problem(upload.path, "It was deleted from the library while the import was running."))
        state.move(upload, Stage.REFUSED)
        return True
    if found.state in IN_WORK:
        return False
    if found.state == "rejected":
        state.add_note(upload.sha256, f"The library has the file, but rejected it: {found.reason}")
        state.move(upload, Stage.REJECTED)
        return True
    if found.state == "duplicate":
        reason = "The library has got the same photo from elsewhere meanwhile. This one is among the duplicates."
        state.add_note(upload.sha256, reason)
    state.move(upload, Stage.DONE)
    return True
