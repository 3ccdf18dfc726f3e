/**
 * Shared links for tests.
 */
import type { Share } from "../state/shares.ts";

export function makeShare(shareId: string, overrides: Partial<Share> = {}): Share {
  return {
    share_id: shareId,
    album_id: "al1",
    title: "Summer",
    name: "",
    photos: 3,
    download: "resized",
    add: false,
    review: false,
    has_password: false,
    expires_at: null,
    state: "active",
    created_at: "2026-11-20T10:00:00Z",
    passes: 0,
    wrong_passwords: 0,
    last_wrong_password_at: null,
    uploads: { photos: 0, bytes: 0, max_photos: 200, max_bytes: 5_000_000_000 },
    version: 1,
    ...overrides,
  };
}
