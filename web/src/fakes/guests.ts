/**
 * Shared albums and their photos for tests.
 */
import type { GuestPhoto, SharedAlbum } from "../state/guest-album.ts";

export function makeSharedAlbum(overrides: Partial<SharedAlbum> = {}): SharedAlbum {
  return {
    title: "Summer",
    description: "",
    photos: 2,
    cover_image: null,
    download: "resized",
    add: false,
    review: false,
    expires_at: null,
    max_upload_bytes: 0,
    from: null,
    to: null,
    ...overrides,
  };
}

export function makeGuestPhoto(photoId: string, overrides: Partial<GuestPhoto> = {}): GuestPhoto {
  return {
    photo_id: photoId,
    filename: `${photoId}.jpg`,
    caption: "",
    taken_local: null,
    width: 3000,
    height: 2000,
    format: "JPEG",
    placeholder: null,
    image_url: `https://images.test/${photoId}`,
    small_url: null,
    thumbnail_url: null,
    resized_url: null,
    original: false,
    guest: null,
    ...overrides,
  };
}
