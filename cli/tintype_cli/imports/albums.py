"""Albums of the source in the library: found by their title, or created; their order and cover at the end."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from tintype_cli.api.errors import ApiError, LibraryError, UnreachableError
from tintype_cli.imports.library import ImportLibrary, LibraryAlbum
from tintype_cli.imports.state import ImportState
from tintype_cli.imports.uploads import AlbumMatch
from tintype_cli.photos import ImportAlbum, Problem
from tintype_cli.sources.limits import MAX_CAPTION_CHARACTERS, clean_text

MAX_TITLE_CHARACTERS = 200
MAX_ORDERED_PHOTOS = 1000
MAX_ATTEMPTS = 6
UNTITLED = "Untitled"


@dataclass(frozen=True, slots=True)
class AlbumIds:
    """The library's albums by the keys of the source's; those in `created` are new in this run."""

    by_key: Mapping[str, str]
    created: Collection[str]


def album_title(title: str) -> str:
    """The title as the library stores it."""
    return " ".join(unicodedata.normalize("NFC", clean_text(title)).split())[:MAX_TITLE_CHARACTERS].strip() or UNTITLED


def match_albums(
    wanted: Sequence[ImportAlbum], taken: Collection[str], existing: Sequence[LibraryAlbum]
) -> dict[str, LibraryAlbum]:
    """The library's album for each one of the source that has none yet: the n-th of the same title that is not taken.

    `existing` are in the order of their creation, in which the import creates them, too.
    """
    free: dict[tuple[str, bool], list[LibraryAlbum]] = defaultdict(list)
    for album in existing:
        if album.album_id not in taken:
            free[album.title, album.is_smart].append(album)
    found = {}
    for each in wanted:
        if candidates := free[album_title(each.title), each.query is not None]:
            found[each.key] = candidates.pop(0)
    return found


def ensure_albums(library: ImportLibrary, state: ImportState, wanted: Sequence[ImportAlbum]) -> AlbumIds:
    """Find or create the albums of the source. One that the library refuses becomes a problem. Raises LibraryError.

    Without an answer, an album may exist or not: then they are matched again.
    """
    created: set[str] = set()
    refused: set[str] = set()
    for attempt in range(MAX_ATTEMPTS):
        try:
            _ensure(library, state, wanted, created, refused)
            break
        except LibraryError as error:
            is_uncertain = isinstance(error, UnreachableError) or (
                isinstance(error, ApiError) and error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            )
            if not is_uncertain or attempt == MAX_ATTEMPTS - 1:
                raise
    matches = [match for album in wanted if (match := state.find_album(album.key))]
    return AlbumIds({match.key: match.album_id for match in matches if match.album_id}, created)


def finish_albums(library: ImportLibrary, state: ImportState, wanted: Sequence[ImportAlbum]) -> None:
    """Set order and cover of the albums that photos have joined; what the library refuses becomes a problem."""
    for album in wanted:
        match = state.find_album(album.key)
        if match is None:
            continue
        if not match.is_new:
            if album.cover or album.order == "manual":
                reason = "The library had an album of this title: its order and its cover were left as they are."
                state.add_problem(Problem(_name(album), reason, is_skipped=False))
        elif not match.is_finished and _finish(library, state, album, match):
            state.save_album(replace(match, is_finished=True))


def _ensure(
    library: ImportLibrary, state: ImportState, wanted: Sequence[ImportAlbum], created: set[str], refused: set[str]
) -> None:
    if not wanted:
        return
    existing = library.list_albums()
    _forget_deleted(state, wanted, {album.album_id for album in existing})
    matches = {match.key: match for album in wanted if (match := state.find_album(album.key))}
    missing = [album for album in wanted if album.key not in matches or not matches[album.key].album_id]
    found = match_albums(missing, {match.album_id for match in matches.values()}, existing)
    for album in missing:
        if album.key in found:
            # An interrupted run may have created it.
            is_new = album.key in matches
            state.save_album(AlbumMatch(album.key, found[album.key].album_id, is_new))
        elif album.key not in refused:
            state.save_album(AlbumMatch(album.key, "", is_new=True))
            album_id = _create(library, state, album)
            if album_id is None:
                state.remove_album(album.key)
                refused.add(album.key)
                continue
            state.save_album(AlbumMatch(album.key, album_id, is_new=True))
            created.add(album_id)


def _forget_deleted(state: ImportState, wanted: Sequence[ImportAlbum], existing: Collection[str]) -> None:
    """Forget albums that were deleted from the library since an earlier run."""
    for album in wanted:
        match = state.find_album(album.key)
        if match and match.album_id and match.album_id not in existing:
            state.remove_album(album.key)


def _create(library: ImportLibrary, state: ImportState, album: ImportAlbum) -> str | None:
    body: dict[str, Any] = {"title": album_title(album.title)}
    if album.description:
        body["description"] = clean_text(album.description)[:MAX_CAPTION_CHARACTERS]
    # A smart album is always newest first.
    body |= {"query": album.query} if album.query is not None else {"order": album.order}
    try:
        return library.create_album(body)
    except ApiError as error:
        if error.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT}:
            raise
        state.add_problem(Problem(_name(album), f"The album was not created: {error}"))
        return None


def _finish(library: ImportLibrary, state: ImportState, album: ImportAlbum, match: AlbumMatch) -> bool:
    """Set order and cover; False if the library refuses one of them: the next run tries again, and says so again."""
    is_accepted = True
    for finish in (_set_order, _set_cover):
        try:
            finish(library, state, album, match)
        except ApiError as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            state.add_problem(Problem(_name(album), str(error), is_skipped=False))
            is_accepted = False
    return is_accepted


def _set_order(library: ImportLibrary, state: ImportState, album: ImportAlbum, match: AlbumMatch) -> None:
    """Put the photos in order by hand, those that are in the album."""
    if album.order != "manual" or album.query is not None:
        return
    photo_ids = _photo_ids(state, album.photos)[:MAX_ORDERED_PHOTOS]
    if not photo_ids:
        return
    try:
        library.put_order(match.album_id, photo_ids)
    except ApiError as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
        inside = set(library.list_album_photos(match.album_id))
        library.put_order(match.album_id, [photo_id for photo_id in photo_ids if photo_id in inside])


def _set_cover(library: ImportLibrary, state: ImportState, album: ImportAlbum, match: AlbumMatch) -> None:
    photo_id = state.find_photo_id(album.cover) if album.cover else None
    if photo_id:
        library.set_cover(match.album_id, photo_id)


def _photo_ids(state: ImportState, paths: Sequence[str]) -> list[str]:
    """The ids of the photos with these paths, each once."""
    return list(dict.fromkeys(filter(None, map(state.find_photo_id, paths))))


def _name(album: ImportAlbum) -> str:
    return f'Album "{album.title}"'
