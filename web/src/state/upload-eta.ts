/**
 * The remaining time of the uploads, from the rate of the last half minute, in whole minutes, and smoothed against
 * fluctuations.
 */
import type { UploadSummary } from "./upload-queue.ts";

interface ProgressSample {
  readonly at: number;
  readonly sentBytes: number;
}

export interface EtaEstimate {
  /** Recent progress, oldest first. */
  readonly samples: readonly ProgressSample[];
  /** Remaining whole minutes, 0 for less than one; null if unknown. */
  readonly minutes: number | null;
}

export const NO_ESTIMATE: EtaEstimate = { samples: [], minutes: null };

/** The rate covers this much time, ms; how often it is sampled, and how much must be known for an estimate. */
const WINDOW = 30_000;
const SAMPLE_INTERVAL = 1000;
const MIN_DURATION = 4000;
/** The estimate changes only if it is off by more than this many minutes. */
const SLACK = 0.75;

/** The estimate at time `at`, ms, after the estimate `before`. */
export function updateEstimate(
  before: EtaEstimate,
  at: number,
  { sentBytes, totalBytes, unsent }: Pick<UploadSummary, "sentBytes" | "totalBytes" | "unsent">,
): EtaEstimate {
  if (unsent === 0) return NO_ESTIMATE;
  const last = before.samples.at(-1);
  if (last !== undefined && at - last.at < SAMPLE_INTERVAL && sentBytes >= last.sentBytes) return before;
  // An upload was removed or restarted: the earlier samples no longer apply.
  const known = last !== undefined && sentBytes < last.sentBytes ? [] : before.samples;
  const samples = [...known.filter((sample) => at - sample.at <= WINDOW), { at, sentBytes }];
  const first = samples[0];
  if (first === undefined || at - first.at < MIN_DURATION || sentBytes === first.sentBytes) return { samples, minutes: before.minutes };
  const minutes = ((totalBytes - sentBytes) * (at - first.at)) / (sentBytes - first.sentBytes) / 60_000;
  return { samples, minutes: smoothMinutes(before.minutes, minutes) };
}

/** Whether to announce the estimate: when it is first known, and each time it has halved. */
export function shouldAnnounce(announced: number | null, minutes: number | null): boolean {
  return minutes !== null && minutes > 0 && (announced === null || minutes <= announced / 2);
}

function smoothMinutes(previousMinutes: number | null, minutes: number): number {
  if (previousMinutes !== null && Math.abs(minutes - previousMinutes) < SLACK) return previousMinutes;
  return minutes < SLACK ? 0 : Math.max(1, Math.round(minutes));
}
