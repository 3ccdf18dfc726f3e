/**
 * Announcements about uploads for screen readers: a few sentences now and then instead of one per file.
 */
import type { Clock } from "../core/clock.ts";
import { uploadStrings } from "../i18n/uploads.ts";

/** How long events are collected before they are announced, ms. */
const GATHER_TIME = 1000;
/** How many files are named; of the rest only the number is announced. */
const MAX_NAMED = 3;

export type UploadEvent =
  | { readonly kind: "started"; readonly count: number }
  /** The remaining time, in minutes. */
  | { readonly kind: "left"; readonly minutes: number }
  | { readonly kind: "ready" | "duplicate" | "same-file" }
  | { readonly kind: "rejected"; readonly name: string; readonly reason: string }
  | { readonly kind: "failed"; readonly name: string };

export class UploadAnnouncer {
  readonly #announce: (sentences: string) => void;
  readonly #clock: Clock;
  #events: UploadEvent[] = [];
  /** Photos were announced as added since uploads were last started. */
  #hasAdded = false;

  constructor(announce: (sentences: string) => void, clock: Clock) {
    this.#announce = announce;
    this.#clock = clock;
  }

  /** Adds an event; it is announced within a second, together with others. */
  add(event: UploadEvent): void {
    if (this.#events.length === 0) {
      this.#clock.after(GATHER_TIME, () => {
        const collected = this.#events;
        this.#events = [];
        if (collected.some(({ kind }) => kind === "started")) this.#hasAdded = false;
        this.#announce(formatEvents(collected, this.#hasAdded));
        if (collected.some(({ kind }) => kind === "ready")) this.#hasAdded = true;
      });
    }
    this.#events.push(event);
  }
}

/** Events as sentences, one per kind; `more` if photos were announced as added before. */
export function formatEvents(events: readonly UploadEvent[], more = false): string {
  const started = events.reduce((sum, item) => sum + (item.kind === "started" ? item.count : 0), 0);
  const [ready = 0, duplicate = 0, sameFile = 0] = (["ready", "duplicate", "same-file"] as const).map(
    (wanted) => events.filter(({ kind }) => kind === wanted).length,
  );
  const left = events.flatMap((item) => (item.kind === "left" ? [uploadStrings.announcements.timeLeft(item.minutes)] : []));
  const problems = events.flatMap((item) => {
    if (item.kind === "rejected") return [uploadStrings.announcements.rejected(item.name, item.reason)];
    return item.kind === "failed" ? [uploadStrings.announcements.failed(item.name)] : [];
  });
  return [
    ...(started > 0 ? [uploadStrings.announcements.started(started)] : []),
    ...(ready > 0 ? [more ? uploadStrings.announcements.moreReady(ready) : uploadStrings.announcements.ready(ready)] : []),
    ...(duplicate > 0 ? [uploadStrings.announcements.duplicate(duplicate)] : []),
    ...(sameFile > 0 ? [uploadStrings.announcements.sameFile(sameFile)] : []),
    ...left.slice(-1),
    ...problems.slice(0, MAX_NAMED),
    ...(problems.length > MAX_NAMED ? [uploadStrings.announcements.moreFailures(problems.length - MAX_NAMED)] : []),
  ].join(" ");
}
