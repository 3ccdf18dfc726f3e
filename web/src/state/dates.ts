/**
 * Days of the timeline, as the library counts them: ISO dates, in UTC, which is the wall clock of most cameras.
 */
import { sortedAt, type Photo } from "./photo.ts";

const DAY_MS = 86_400_000;

/** Whether that is a day there is, written like 2026-11-20. */
export function isIsoDate(written: string | null): written is string {
  if (written === null || !/^\d{4}-\d{2}-\d{2}$/.test(written)) return false;
  const start = Date.parse(written);
  return !Number.isNaN(start) && new Date(start).toISOString().startsWith(written) && !written.startsWith("0000");
}

/** Whether a photo is of one of the days from the first to the last, both included; null is open. */
export function isBetweenDates(photo: Photo, from: string | null, to: string | null): boolean {
  const at = sortedAt(photo);
  return (from === null || at >= Date.parse(from)) && (to === null || at < Date.parse(to) + DAY_MS);
}

/** Photos in their order, a group for each day, counted from 1970; or all in one group, of no day, as those being processed are. */
export function groupByDay(photos: readonly Photo[], apart: boolean): { readonly day: number | null; readonly photos: readonly Photo[] }[] {
  if (!apart) return photos.length === 0 ? [] : [{ day: null, photos }];
  const groups: { day: number | null; photos: Photo[] }[] = [];
  for (const photo of photos) {
    const day = photo.state === "processing" ? null : Math.floor(sortedAt(photo) / DAY_MS);
    const last = groups.at(-1);
    if (last?.day === day) last.photos.push(photo);
    else groups.push({ day, photos: [photo] });
  }
  return groups;
}
