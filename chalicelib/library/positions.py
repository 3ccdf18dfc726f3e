"""The positions of photos, by their files or by their owners, and the places that follow from them."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib.errors import Invalid
from chalicelib.library.photo import Photo
from chalicelib.util.coordinates import UNKNOWN, Coordinates

type FindPlace = Callable[[Coordinates], tuple[str, ...]]


def set_coordinates(photo: Photo, coordinates: Coordinates | None, find_place: FindPlace | None) -> Photo:
    """The photo with these coordinates by the user and their place, unknown ones to remove those of the file.

    None goes back to the file's. Raises Invalid for a position without `find_place`.
    """
    check_positions_stored(coordinates, find_place)
    return with_place(drop_repeated_coordinates(replace(photo, own_coordinates=coordinates)), find_place)


def drop_repeated_coordinates(photo: Photo) -> Photo:
    """The photo without coordinates of the user that say what the file says, maybe rounded otherwise."""
    own, of_file = photo.own_coordinates, photo.file_coordinates
    is_same = own == UNKNOWN if of_file is None else own is not None and own.is_close(of_file)
    return replace(photo, own_coordinates=None) if is_same else photo


def with_place(photo: Photo, find_place: FindPlace | None) -> Photo:
    """The photo with the place of its coordinates; without `find_place`, with none."""
    return replace(photo, file_place=find_place(photo.coordinates) if find_place and photo.coordinates else ())


def has_position(photo: Photo) -> bool:
    """Whether the record says where the photo was taken, even if its owner has removed that."""
    return any(known not in (None, UNKNOWN) for known in (photo.file_coordinates, photo.own_coordinates))


def without_position(photo: Photo) -> Photo:
    """The photo without where it was taken. A position that its owner has removed stays removed."""
    removed = photo.own_coordinates if photo.own_coordinates == UNKNOWN else None
    return replace(photo, file_coordinates=None, own_coordinates=removed, file_place=())


def check_positions_stored(coordinates: Coordinates | None, find_place: FindPlace | None) -> None:
    """Raise Invalid for a position if the library stores none, as it doesn't without `find_place`."""
    if coordinates not in (None, UNKNOWN) and find_place is None:
        raise Invalid("This library stores no positions: its setting places is no.", field="coordinates")
