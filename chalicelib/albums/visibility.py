"""Who may see a photo because it is in an album."""

from dataclasses import dataclass

from chalicelib.albums.models import AlbumStore, role_of


@dataclass(frozen=True, slots=True)
class AlbumVisibility:
    """`queries.AlbumAccess` over the store of albums."""

    store: AlbumStore

    def are_visible(self, album_ids: tuple[str, ...], viewer: str) -> bool:
        """Whether the viewer may see any of these albums; one read."""
        return any(role_of(stored, viewer) for stored in self.store.get_many(album_ids, viewer).values())
