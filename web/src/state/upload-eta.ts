/**
 * The remaining time of the uploads, from the rates of the last half minute, in whole minutes, and smoothed against
 * fluctuations. Files are sent and processed at the same time: the slower of the two decides, so that nothing is said before
 * the first file is processed.
 */
import type { UploadSummary } from "./upload-summary.ts";

interface ProgressSample {
  readonly at: number;
  readonly sentBytes: number;
  /** Files that are not processed yet. */
  readonly active: number;
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
  { sentBytes, totalBytes, active, ready, rejected }: Pick<UploadSummary, "sentBytes" | "totalBytes" | "active" | "ready" | "rejected">,
): EtaEstimate {
  if (active === 0) return NO_ESTIMATE;
  const last = before.samples.at(-1);
  // An upload was added, removed or restarted: the earlier samples no longer apply.
  const isRestart = last !== undefined && (sentBytes < last.sentBytes || active > last.active);
  if (last !== undefined && !isRestart && at - last.at < SAMPLE_INTERVAL) return before;
  const known = isRestart ? [] : before.samples;
  const samples = [...known.filter((sample) => at - sample.at <= WINDOW), { at, sentBytes, active }];
  const first = samples[0];
  if (first === undefined || at - first.at < MIN_DURATION || ready + rejected === 0) return { samples, minutes: before.minutes };
  const timeFor = (left: number, done: number) => (left > 0 && done > 0 ? (left * (at - first.at)) / done : 0);
  const time = Math.max(timeFor(totalBytes - sentBytes, sentBytes - first.sentBytes), timeFor(active, first.active - active));
  return { samples, minutes: time === 0 ? before.minutes : smoothMinutes(before.minutes, time / 60_000) };
}

/** Whether to announce the estimate: when it is first known, and each time it has halved. */
export function shouldAnnounce(announced: number | null, minutes: number | null): boolean {
  return minutes !== null && minutes > 0 && (announced === null || minutes <= announced / 2);
}

function smoothMinutes(previousMinutes: number | null, minutes: number): number {
  if (previousMinutes !== null && Math.abs(minutes - previousMinutes) < SLACK) return previousMinutes;
  return minutes < SLACK ? 0 : Math.max(1, Math.round(minutes));
}
