/**
 * Strings of albums, in the page's language.
 */
import { english } from "./en/albums.ts";
import { formatIsoDate, formatIsoDateRange } from "./format.ts";
import { loadStrings } from "./locale.ts";

export const albumStrings = await loadStrings({ en: () => english });

interface AlbumFacts {
  readonly photos: number | null;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly created_at: string;
}

/** Describes an album in a list: how many photos, and since when it exists. */
export function describeAlbum({ photos, created_at: created }: AlbumFacts): string {
  const count = photos === null ? albumStrings.smart : albumStrings.photos(photos);
  return `${count} · ${formatIsoDate(created.slice(0, 10))}`;
}

/** Describes an album in its heading: how many photos, and the days of the first and the last one. */
export function describeContents({ photos, from = null, to = null }: AlbumFacts): string {
  const parts = [photos === null ? albumStrings.smart : albumStrings.photos(photos)];
  if (from !== null && to !== null) parts.push(formatIsoDateRange(from, to));
  return parts.join(" · ");
}
