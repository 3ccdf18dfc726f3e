/**
 * Lists of photos in an order, each photo once.
 */
import type { components } from "../api/schema.d.ts";
import { newestFirst, type Photo } from "./photo.ts";

/** How a list orders photos; null: as the API does. */
type PhotoOrder = ((a: Photo, b: Photo) => number) | null;

/** How many photos a search finds; unless exact, at least that many. */
export type PhotoTotal = components["schemas"]["FoundCount"];

/** A page of photos; the first page of a search says how many there are, and which filters nothing matches. */
export type Page = components["schemas"]["SearchPage"];

/** Both lists in one, in order, each photo once; for duplicates the newcomer wins. In the API's order, other newcomers come last. */
export function mergePhotos(known: readonly Photo[], newcomers: readonly Photo[], compare: PhotoOrder = newestFirst): Photo[] {
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  for (const photo of newcomers) byId.set(photo.photo_id, photo);
  const photos = [...byId.values()];
  return compare === null ? photos : photos.sort(compare);
}

/**
 * The known photos, updated from a new first page: within its range the page wins, beyond it the known photos stay.
 *
 * A photo with an unchanged version keeps its record: the page may have new signed URLs, and a visible image would be
 * loaded again for nothing. `reachesEnd` is true if the list now ends where the page does.
 */
export function reconcileFirstPage(
  known: readonly Photo[],
  page: Page,
  compare: PhotoOrder = newestFirst,
): { photos: Photo[]; reachesEnd: boolean } {
  const beyond = page.cursor === null ? [] : photosBeyond(known, page.items, compare);
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  const fresh = page.items.map((photo) => {
    const before = byId.get(photo.photo_id);
    return before?.version === photo.version ? before : photo;
  });
  const inPage = new Set(fresh.map(({ photo_id }) => photo_id));
  const others = beyond.filter(({ photo_id }) => !inPage.has(photo_id));
  return { photos: mergePhotos(fresh, others, compare), reachesEnd: beyond.length === 0 };
}

/** The known photos after the range of a page. */
function photosBeyond(known: readonly Photo[], items: readonly Photo[], compare: PhotoOrder): readonly Photo[] {
  const last = items.at(-1);
  // An empty page that is not the last has no range: a search reads a limited number of rows.
  if (last === undefined) return known;
  if (compare !== null) return known.filter((photo) => compare(last, photo) < 0);
  const inPage = new Set(items.map(({ photo_id }) => photo_id));
  return known.slice(known.findLastIndex(({ photo_id }) => inPage.has(photo_id)) + 1);
}

/** Whether two lists have the very same records. */
export function sameRecords(a: readonly Photo[], b: readonly Photo[]): boolean {
  return a.length === b.length && a.every((photo, index) => photo === b[index]);
}
