/**
 * How long the uploads will still take, told calmly: from the pace of the last half minute, in whole minutes, and not
 * changed for every flutter of the line.
 */
import type { UploadSummary } from "./upload-queue.ts";

interface ProgressSample {
  readonly at: number;
  readonly sentBytes: number;
}

export interface EtaEstimate {
  /** Where the bytes had got to lately, oldest first. */
  readonly samples: readonly ProgressSample[];
  /** Whole minutes still to go, 0 for less than one; null where it cannot be said yet. */
  readonly minutes: number | null;
}

export const NO_ESTIMATE: EtaEstimate = { samples: [], minutes: null };

/** The pace is that of so long, ms; it is looked at so often, and told once it is known for so long. */
const WINDOW = 30_000;
const SAMPLE_INTERVAL = 1000;
const MIN_DURATION = 4000;
/** The minutes told are kept until they are wrong by more than this. */
const SLACK = 0.75;

/** What can be said at `at`, ms, after what could be said `before`. */
export function updateEstimate(before: EtaEstimate, at: number, { sentBytes, totalBytes, unsent }: Pick<UploadSummary, "sentBytes" | "totalBytes" | "unsent">): EtaEstimate {
  if (unsent === 0) return NO_ESTIMATE;
  const last = before.samples.at(-1);
  if (last !== undefined && at - last.at < SAMPLE_INTERVAL && sentBytes >= last.sentBytes) return before;
  // Something was taken off the list, or begins anew: what was known of the pace says little now.
  const known = last !== undefined && sentBytes < last.sentBytes ? [] : before.samples;
  const samples = [...known.filter((sample) => at - sample.at <= WINDOW), { at, sentBytes }];
  const first = samples[0];
  if (first === undefined || at - first.at < MIN_DURATION || sentBytes === first.sentBytes) return { samples, minutes: before.minutes };
  const minutes = ((totalBytes - sentBytes) * (at - first.at)) / (sentBytes - first.sentBytes) / 60_000;
  return { samples, minutes: smoothMinutes(before.minutes, minutes) };
}

/** Whether it is worth saying aloud after what was said last: when first known, then each time it has halved. */
export function shouldAnnounce(said: number | null, minutes: number | null): boolean {
  return minutes !== null && minutes > 0 && (said === null || minutes <= said / 2);
}

function smoothMinutes(told: number | null, minutes: number): number {
  if (told !== null && Math.abs(minutes - told) < SLACK) return told;
  return minutes < SLACK ? 0 : Math.max(1, Math.round(minutes));
}
