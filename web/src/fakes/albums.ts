/**
 * Albums for tests: the user's own, and empty unless overridden.
 */
import type { Album } from "../state/albums.ts";

export function makeAlbum(albumId: string, overrides: Partial<Album> = {}): Album {
  return {
    album_id: albumId,
    title: `Album ${albumId}`,
    description: "",
    order: "newest",
    query: null,
    role: "owner",
    photos: 0,
    bytes: 0,
    cover_image: null,
    cover_photo_id: null,
    created_at: "2026-11-20T18:42:10Z",
    updated_at: "2026-11-20T18:42:10Z",
    version: 1,
    ...overrides,
  };
}
