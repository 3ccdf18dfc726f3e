/**
 * How long the uploads will still take, told calmly: from the pace of the last half minute, in whole minutes, and not
 * changed for every flutter of the line.
 */
import type { Summary } from "./upload-queue.ts";

interface Sample {
  readonly at: number;
  readonly gone: number;
}

export interface Outlook {
  /** Where the bytes had got to lately, oldest first. */
  readonly samples: readonly Sample[];
  /** Whole minutes still to go, 0 for less than one; null where it cannot be said yet. */
  readonly minutes: number | null;
}

export const NO_OUTLOOK: Outlook = { samples: [], minutes: null };

/** The pace is that of so long, ms; it is looked at so often, and told once it is known for so long. */
const WINDOW = 30_000;
const APART = 1000;
const ENOUGH = 4000;
/** The minutes told are kept until they are wrong by more than this. */
const SLACK = 0.75;

/** What can be said at `at`, ms, after what could be said `before`. */
export function look(before: Outlook, at: number, { gone, bytes, leaving }: Pick<Summary, "gone" | "bytes" | "leaving">): Outlook {
  if (leaving === 0) return NO_OUTLOOK;
  const last = before.samples.at(-1);
  if (last !== undefined && at - last.at < APART && gone >= last.gone) return before;
  // Something was taken off the list, or begins anew: what was known of the pace says little now.
  const known = last !== undefined && gone < last.gone ? [] : before.samples;
  const samples = [...known.filter((sample) => at - sample.at <= WINDOW), { at, gone }];
  const first = samples[0];
  if (first === undefined || at - first.at < ENOUGH || gone === first.gone) return { samples, minutes: before.minutes };
  const minutes = ((bytes - gone) * (at - first.at)) / (gone - first.gone) / 60_000;
  return { samples, minutes: steadied(before.minutes, minutes) };
}

/** Whether it is worth saying aloud after what was said last: when first known, then each time it has halved. */
export function isWorthSaying(said: number | null, minutes: number | null): boolean {
  return minutes !== null && minutes > 0 && (said === null || minutes <= said / 2);
}

function steadied(told: number | null, minutes: number): number {
  if (told !== null && Math.abs(minutes - told) < SLACK) return told;
  return minutes < SLACK ? 0 : Math.max(1, Math.round(minutes));
}
