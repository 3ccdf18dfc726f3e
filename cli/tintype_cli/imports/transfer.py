"""Brings one file into the library: finds out what an interrupted run has done, gets a ticket, and sends the file."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from threading import Lock
from typing import BinaryIO, cast
from uuid import uuid4

from tintype_cli.api.client import DELAYS
from tintype_cli.api.errors import ApiError, StorageError, UnreachableError
from tintype_cli.imports.fields import TicketFields, ticket_fields, with_photo_id, without_field
from tintype_cli.imports.hashing import VerifiedFile
from tintype_cli.imports.library import ImportLibrary, KnownPhoto
from tintype_cli.imports.state import ImportState
from tintype_cli.imports.uploads import Form, Stage, Upload
from tintype_cli.photos import ImportPhoto, Problem

UPLOADING = "uploading"
ID_TAKEN = "id_taken"
# S3 checks the time when an upload begins.
EXPIRY_MARGIN = 30.0
MAX_TICKETS = 3
MAX_CHANGES = 40  # of the fields of one ticket
MAX_FAILURES = 5  # in a row, of the library itself: then it is no use to go on
# The same for every photo: the key is revoked or not allowed to, the disk of a laptop's library is full.
FATAL = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.INSUFFICIENT_STORAGE})


@dataclass(frozen=True, slots=True)
class Item:
    """A photo to bring in, with the SHA-256 of its bytes and the library's albums that it belongs in."""

    photo: ImportPhoto
    sha256: str
    album_ids: tuple[str, ...] = ()


class _RefusedError(Exception):
    """This photo can't be brought in now; the text says why."""


class Transfer:
    """Brings files into the library. Usable by several threads."""

    def __init__(
        self,
        library: ImportLibrary,
        state: ImportState,
        *,
        same_ids: bool,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._library = library
        self._state = state
        self._same_ids = same_ids
        self._now = now
        self._sleep = sleep
        self._lock = Lock()
        self._failures = 0

    def queue(self, item: Item) -> Upload:
        """A new upload."""
        photo_id = self._choose_id(item)
        return self._state.save(Upload(item.sha256, item.photo.path, self._state.run, Stage.QUEUED, photo_id))

    def bring_in(self, item: Item, upload: Upload, *, resumes: bool) -> None:
        """Send a file that the library did not know by its bytes.

        An upload that `resumes` one of an earlier run may have arrived meanwhile. A file that can't be sent becomes a
        problem. Raises LibraryError and StateError for what concerns all files.
        """
        try:
            self._bring_in(item, upload, resumes=resumes)
            self._note_success()
        except _RefusedError as error:
            self._refuse(item, str(error))
        except OSError as error:
            self._refuse(item, f"The file can't be read: {error.strerror or error}.")
        except ApiError as error:
            if error.status in FATAL or self._too_many_failures():
                raise
            self._refuse(item, str(error))

    def _bring_in(self, item: Item, upload: Upload, *, resumes: bool) -> None:
        if resumes:
            found = self._library.find_photo(upload.photo_id)
            if found is None:
                upload = self._restart(item, upload)
            elif _is_stored(found, upload) and found.sha256 in {None, item.sha256}:
                self._arrived(item, upload)
                return
        for _ in range(MAX_TICKETS):
            if upload.form is None or upload.form.expires_at < self._now() + EXPIRY_MARGIN:
                answer = self._get_ticket(item, upload)
                if answer is None:
                    return
                upload = answer
            if self._send(item, upload, cast("Form", upload.form)):
                self._arrived(item, upload)
                return
            upload = replace(upload, form=None)
        raise _RefusedError("The file storage refuses the upload although its ticket is new. Is this clock right?")

    def _restart(self, item: Item, upload: Upload) -> Upload:
        """The upload of a photo that is not in the library: it never was, or was deleted."""
        if upload.stage in {Stage.SENT, Stage.DONE, Stage.PRESENT} and item.photo.details.trashed:
            self._state.add_trash(item.sha256)
        self._state.remove_notes(item.sha256)
        return self._state.save(replace(upload, stage=Stage.QUEUED, photo_id=self._choose_id(item), form=None))

    def _get_ticket(self, item: Item, upload: Upload) -> Upload | None:
        """The upload with a ticket, or None if the library has the photo already."""
        fields = ticket_fields(item.photo, item.sha256, upload.photo_id, item.album_ids)
        for _ in range(MAX_CHANGES):
            try:
                answer = self._library.ticket(fields.body)
            except ApiError as error:
                if error.code == ID_TAKEN and self._has_arrived(fields, item):
                    self._arrived(item, replace(upload, photo_id=fields.body["photo_id"]))
                    return None
                fields = self._change(fields, error)
                continue
            for reason in fields.left_out:
                self._state.add_note(item.sha256, reason)
            if isinstance(answer, str):
                self._state.add_joins(item.sha256, item.album_ids)
                self._state.remove_trash(item.sha256)
                self._state.save(replace(upload, stage=Stage.PRESENT, photo_id=answer, form=None))
                return None
            return self._state.save(replace(upload, stage=Stage.TICKET, photo_id=fields.body["photo_id"], form=answer))
        raise _RefusedError("The library refuses the photo's metadata.")

    def _has_arrived(self, fields: TicketFields, item: Item) -> bool:
        """Whether the photo that has this id is the one to bring in, from a run whose state is lost."""
        found = self._library.find_photo(fields.body["photo_id"])
        if found is None or found.state == UPLOADING:
            return False
        # What is not processed yet, or was rejected, has no SHA-256.
        return found.sha256 == item.sha256 or (found.sha256 is None and found.filename == item.photo.filename)

    def _change(self, fields: TicketFields, error: ApiError) -> TicketFields:
        """The fields without what the library refuses; raises _RefusedError if it refuses the photo."""
        if error.code == ID_TAKEN or error.field == "photo_id":
            return with_photo_id(fields, uuid4().hex, f"It has a new id, because the library said: {error}")
        if error.status == HTTPStatus.CONFLICT:
            self._sleep(DELAYS[0])
            return fields
        if error.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
            raise error
        name = "albums" if error.status == HTTPStatus.NOT_FOUND else error.field
        changed = without_field(fields, name, str(error))
        if changed is None:
            raise _RefusedError(str(error))
        return changed

    def _send(self, item: Item, upload: Upload, form: Form) -> bool:
        """Send the file until it has arrived; False if the form is no longer valid."""
        photo = item.photo
        for delay in (*DELAYS, None):
            try:
                with photo.open() as file:
                    sent = cast("BinaryIO", VerifiedFile(file, photo.size, item.sha256))
                    self._library.send(form, photo.filename, sent)
                return True
            except StorageError as error:
                if error.status == HTTPStatus.FORBIDDEN:
                    return False
                if delay is None or not error.may_pass:
                    raise _RefusedError(str(error)) from error
                delay = max(delay, error.retry_after)
            except UnreachableError:
                found = self._library.find_photo(upload.photo_id)
                if found is not None and found.state != UPLOADING:
                    return True
                if delay is None:
                    raise
            self._sleep(delay)
        raise AssertionError  # the last attempt returns or raises

    def _arrived(self, item: Item, upload: Upload) -> None:
        self._state.save(replace(upload, stage=Stage.SENT, sent_run=upload.sent_run or self._state.run, form=None))
        self._state.reopen_albums(item.album_ids)

    def _refuse(self, item: Item, reason: str) -> None:
        self._state.add_problem(Problem(item.photo.path, reason))
        if (upload := self._state.find_upload(item.sha256)) is not None:
            self._state.move(upload, Stage.REFUSED)

    def _choose_id(self, item: Item) -> str:
        return item.photo.photo_id if self._same_ids and item.photo.photo_id else uuid4().hex

    def _note_success(self) -> None:
        with self._lock:
            self._failures = 0

    def _too_many_failures(self) -> bool:
        with self._lock:
            self._failures += 1
            return self._failures >= MAX_FAILURES


def _is_stored(found: KnownPhoto, upload: Upload) -> bool:
    """Whether the storage has the file: the library knows so, or the storage has said so and the event is late."""
    return found.state != UPLOADING or upload.stage is Stage.SENT
