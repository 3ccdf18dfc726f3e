/**
 * Months and days of the timeline: ISO dates like 2019-08 and 2019-08-31.
 */
const DAY_MS = 86_400_000;

/** The last day of a month. */
export function lastDayOf(month: string): string {
  const next = new Date(Date.parse(`${month}-01`) + 31 * DAY_MS).toISOString().slice(0, 7);
  return isoDay(Date.parse(`${next}-01`) - DAY_MS);
}

/** The day after a day. */
export function dayAfter(day: string): string {
  return isoDay(endOfDay(day));
}

/** The day before a day. */
export function dayBefore(day: string): string {
  return isoDay(Date.parse(day) - DAY_MS);
}

/** When a day ends, ms since 1970. */
export function endOfDay(day: string): number {
  return Date.parse(day) + DAY_MS;
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
