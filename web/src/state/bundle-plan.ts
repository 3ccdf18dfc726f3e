/**
 * How a library that is too large for one bundle is divided into several, by dates.
 */
import { dayBefore } from "./months.ts";
import type { Statistics } from "./statistics.ts";

/** How many photos a bundle can contain. */
export const MAX_BUNDLE_PHOTOS = 10_000;
/** Photos that a bundle is planned for: the counts of months may be out of date. */
const PLANNED_PHOTOS = 9000;

/** Days from the first to the last, both included; null is open. */
export interface DayRange {
  readonly from: string | null;
  readonly to: string | null;
}

/** The ranges of days that together have all photos of a library, oldest first: one unless there are too many photos. */
export function planRanges({ photos, months }: Pick<Statistics, "photos" | "months">): readonly DayRange[] {
  if (photos <= MAX_BUNDLE_PHOTOS) return [{ from: null, to: null }];
  const starts: string[] = [];
  let planned = 0;
  for (const [month, count] of Object.entries(months).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (planned > 0 && planned + count > PLANNED_PHOTOS) {
      starts.push(`${month}-01`);
      planned = 0;
    }
    planned += count;
  }
  return [null, ...starts].map((from, index) => ({ from, to: starts[index] === undefined ? null : dayBefore(starts[index]) }));
}

/** Years with photos and how many there are, the latest first. */
export function countYears(months: Statistics["months"]): readonly (readonly [year: string, photos: number])[] {
  const years = new Map<string, number>();
  for (const [month, count] of Object.entries(months)) years.set(month.slice(0, 4), (years.get(month.slice(0, 4)) ?? 0) + count);
  return [...years].sort(([a], [b]) => (a < b ? 1 : -1));
}
