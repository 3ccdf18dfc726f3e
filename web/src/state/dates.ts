/**
 * Days of the timeline, as in the API: ISO dates of the camera's clock, wherever it was.
 */
import { sortedAt, type Photo } from "./photo.ts";

const DAY_MS = 86_400_000;

/** Whether a string is an existing day like 2026-11-20. */
export function isIsoDate(text: string | null): text is string {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const start = Date.parse(text);
  return !Number.isNaN(start) && new Date(start).toISOString().startsWith(text) && !text.startsWith("0000");
}

/** Whether a photo is from one of the days from `from` to `to`, both included; null is open. */
export function isBetweenDates(photo: Photo, from: string | null, to: string | null): boolean {
  const at = sortedAt(photo);
  return (from === null || at >= Date.parse(from)) && (to === null || at < Date.parse(to) + DAY_MS);
}

/** The day of a photo, as an ISO date. */
export function isoDay(photo: Photo): string {
  return new Date(sortedAt(photo)).toISOString().slice(0, 10);
}

/** Whether a string is an existing day of some year, like 02-29. */
export function isDayOfYear(text: string | null): text is string {
  return text !== null && isIsoDate(`2000-${text}`);
}

/** Whether a string is a month like 2019-06. */
export function isIsoMonth(text: string | null): text is string {
  return text !== null && isIsoDate(`${text}-01`);
}

/** Whether a photo is from this day (MM-DD) of any year; null is any day. */
export function isOnDay(photo: Photo, day: string | null): boolean {
  return day === null || new Date(sortedAt(photo)).toISOString().slice(-19, -14) === day;
}

/** Photos in their order, grouped by day (days since 1970); or in one group without a day, as photos in processing are. */
export function groupByDay(photos: readonly Photo[], byDay: boolean): { readonly day: number | null; readonly photos: readonly Photo[] }[] {
  if (!byDay) return photos.length === 0 ? [] : [{ day: null, photos }];
  const groups: { day: number | null; photos: Photo[] }[] = [];
  for (const photo of photos) {
    const day = photo.state === "processing" ? null : Math.floor(sortedAt(photo) / DAY_MS);
    const last = groups.at(-1);
    if (last?.day === day) last.photos.push(photo);
    else groups.push({ day, photos: [photo] });
  }
  return groups;
}
