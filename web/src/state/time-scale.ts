/**
 * The time scale of the scrubber: each month of a library takes a part of it, newest first, as large as its share of photos.
 */
import type { Statistics } from "./statistics.ts";

/** A month, and its part of the scale, from 0 (the newest photo) to 1 (the oldest). */
export interface ScaleMonth {
  /** Like 2019-08. */
  readonly month: string;
  readonly photos: number;
  readonly start: number;
  readonly end: number;
}

export interface YearMark {
  readonly year: string;
  /** From 0 to 1. */
  readonly position: number;
}

/** What the timeline shows at the top of the window. */
export interface TimelineTop {
  /** The times of the first and the last photo of the row at the top, by the camera's clock, ms since 1970. */
  readonly newest: number;
  readonly oldest: number;
  /** Whether these photos are about to be replaced. */
  readonly loading: boolean;
}

/** With fewer months, scrolling is as fast as a scrubber. */
export const MIN_MONTHS = 3;

/** The least part of the scale for a month, so that each can be pointed at. */
const MIN_SHARE = 1 / 400;

/** The months of a library on the scale; empty if there are too few for a scrubber. */
export function timeScale(counts: Statistics["months"]): readonly ScaleMonth[] {
  const months = Object.entries(counts)
    .filter(([month, photos]) => /^\d{4}-\d{2}$/.test(month) && photos > 0)
    .sort(([a], [b]) => (a < b ? 1 : -1));
  if (months.length < MIN_MONTHS) return [];
  const total = months.reduce((sum, [, photos]) => sum + photos, 0);
  const parts = months.map(([month, photos]) => ({ month, photos, part: Math.max(photos / total, MIN_SHARE) }));
  const sum = parts.reduce((length, { part }) => length + part, 0);
  let end = 0;
  return parts.map(({ month, photos, part }) => {
    const start = end;
    end += part / sum;
    return { month, photos, start, end };
  });
}

/** The index of the month at a position from 0 to 1; positions beyond count as the nearest. */
export function monthIndexAt(scale: readonly ScaleMonth[], position: number): number {
  const index = scale.findIndex(({ end }) => position < end);
  return index < 0 ? scale.length - 1 : index;
}

/** The position of a moment of the camera's clock, ms since 1970; a month that is not on the scale counts as the one before it. */
export function positionOf(scale: readonly ScaleMonth[], clock: number): number {
  const [at, month] = [new Date(clock), monthOf(clock)];
  const found = scale.find((other) => other.month <= month);
  if (found === undefined) return 1;
  if (found.month < month) return found.start;
  const [start, end] = [Date.UTC(at.getUTCFullYear(), at.getUTCMonth()), Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1)];
  return found.start + ((end - clock) / (end - start)) * (found.end - found.start);
}

/** Whether the timeline is still at a month that it was taken to: its photos are being loaded, or share the row at the top. */
export function isStillAt(month: string, top: TimelineTop | null): boolean {
  return top === null || top.loading || (monthOf(top.oldest) <= month && month <= monthOf(top.newest));
}

/** The index of the month that a key leads to; undefined for other keys. */
export function monthByKey(scale: readonly ScaleMonth[], index: number, key: string): number | undefined {
  const last = scale.length - 1;
  const by = (step: number) => Math.min(last, Math.max(0, index + step));
  // The value of a slider grows upward, where the newest photos are.
  const keys: Readonly<Record<string, () => number>> = {
    ArrowUp: () => by(-1),
    ArrowRight: () => by(-1),
    ArrowDown: () => by(1),
    ArrowLeft: () => by(1),
    PageUp: () => by(-12),
    PageDown: () => by(12),
    Home: () => last,
    End: () => 0,
  };
  return keys[key]?.();
}

/** The years of the scale, each where its newest photo is, without those closer than `minGap` to the one before. */
export function yearMarks(scale: readonly ScaleMonth[], minGap: number): readonly YearMark[] {
  const marks: YearMark[] = [];
  let previous = "";
  for (const { month, start } of scale) {
    const year = month.slice(0, 4);
    const last = marks.at(-1);
    if (year !== previous && (last === undefined || start - last.position >= minGap)) marks.push({ year, position: start });
    previous = year;
  }
  return marks;
}

function monthOf(clock: number): string {
  return new Date(clock).toISOString().slice(0, 7);
}
