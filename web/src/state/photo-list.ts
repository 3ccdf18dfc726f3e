/**
 * Lists of photos in an order, each photo once.
 */
import type { components } from "../api/schema.d.ts";
import { newestFirst, type Photo } from "./photo.ts";

/** How many photos a search finds; unless exact, at least that many. */
export type PhotoTotal = components["schemas"]["FoundCount"];

/** A page of photos; the first page of a search says how many there are, and which filters nothing matches. */
export type Page = components["schemas"]["SearchPage"];

/** Both lists in one, in order, each photo once; for duplicates the newcomer wins. */
export function mergePhotos(known: readonly Photo[], newcomers: readonly Photo[], compare = newestFirst): Photo[] {
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  for (const photo of newcomers) byId.set(photo.photo_id, photo);
  return [...byId.values()].sort(compare);
}

/**
 * The known photos, updated from a new first page: within its range the page wins, beyond it the known photos stay.
 *
 * A photo with an unchanged version keeps its record: the page may have new signed URLs, and a visible image would be
 * loaded again for nothing. `reachesEnd` is true if the list now ends where the page does.
 */
export function reconcileFirstPage(known: readonly Photo[], page: Page, compare = newestFirst): { photos: Photo[]; reachesEnd: boolean } {
  const last = page.items.at(-1);
  // An empty page that is not the last has no range: a search reads a limited number of rows.
  const isBeyond = (photo: Photo) => page.cursor !== null && (last === undefined || compare(last, photo) < 0);
  const beyond = known.filter(isBeyond);
  const byId = new Map(known.map((photo) => [photo.photo_id, photo]));
  const fresh = page.items.map((photo) => {
    const before = byId.get(photo.photo_id);
    return before?.version === photo.version ? before : photo;
  });
  return { photos: mergePhotos(beyond, fresh, compare), reachesEnd: beyond.length === 0 };
}

/** Whether two lists have the very same records. */
export function sameRecords(a: readonly Photo[], b: readonly Photo[]): boolean {
  return a.length === b.length && a.every((photo, index) => photo === b[index]);
}
