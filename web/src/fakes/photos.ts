/**
 * Photos for tests: ready and private unless overridden.
 */
import type { Photo } from "../state/photo.ts";

/** A photo with an id; `day` is the day in January 2026 when it was taken. */
export function makePhoto(photoId: string, day = 1, overrides: Partial<Photo> = {}): Photo {
  return {
    photo_id: photoId,
    filename: `${photoId}.jpg`,
    tags: [],
    autoTags: [],
    label: null,
    caption: "",
    weight: 0.5,
    status: "private",
    state: "ready",
    reason: null,
    created_at: "2026-02-01T00:00:00Z",
    createdAt: "2026-02-01T00:00:00Z",
    taken_at: null,
    taken_local: `2026-01-${String(day).padStart(2, "0")}T12:00:00.000`,
    offset: null,
    width: 3000,
    height: 2000,
    placeholder: null,
    image_url: `https://images.test/${photoId}`,
    thumbnail_url: `https://images.test/${photoId}/thumbnail`,
    resized_url: `https://images.test/${photoId}/resized`,
    small_url: `https://images.test/${photoId}/small`,
    bytes: 2_500_000,
    format: "JPEG",
    mine: true,
    version: 1,
    ...overrides,
  };
}

export function photoIds(photos: readonly Photo[]): string[] {
  return photos.map(({ photo_id }) => photo_id);
}
