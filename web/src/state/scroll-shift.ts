/**
 * Keeping the photos in place in the window when others are added or removed above them.
 */
import { firstIndexFrom, type Layout } from "./justified-layout.ts";
import type { Photo } from "./photo.ts";

interface Placed {
  readonly photos: readonly Photo[];
  readonly layout: Layout;
}

interface PlacedBefore extends Placed {
  /** Whether there were newer photos that were not loaded yet. */
  readonly hasNewer: boolean;
}

/**
 * How far the first photo from `top` moves down with a new layout, px. 0 while the page above the grid is visible (`top` is
 * negative): there new photos are seen at once, unless they are those that a month was opened without.
 */
export function scrollShift(before: PlacedBefore, after: Placed, top: number): number {
  // Scroll positions are rounded.
  if (top < -1 && !before.hasNewer) return 0;
  const index = firstIndexFrom(before.layout, top);
  const photo = before.photos[index];
  const now = photo === undefined ? -1 : after.photos.findIndex(({ photo_id }) => photo_id === photo.photo_id);
  return now < 0 ? 0 : (after.layout.boxes[now]?.top ?? 0) - (before.layout.boxes[index]?.top ?? 0);
}
