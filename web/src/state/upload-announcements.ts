/**
 * What to say aloud of the uploads: a few sentences now and then, instead of a word for every file.
 */
import type { Clock } from "../core/clock.ts";
import { uploadStrings } from "../i18n/uploads.ts";

/** How long news is gathered before it is told, ms. */
const GATHER_TIME = 1000;
/** Files named one by one; of more only the number is told. */
const MAX_NAMED = 3;

export type UploadEvent =
  | { readonly kind: "started"; readonly count: number }
  /** So many minutes will it still take. */
  | { readonly kind: "left"; readonly minutes: number }
  | { readonly kind: "ready" | "duplicate" }
  | { readonly kind: "rejected"; readonly name: string; readonly reason: string }
  | { readonly kind: "failed"; readonly name: string };

export class UploadAnnouncer {
  readonly #announce: (sentences: string) => void;
  readonly #clock: Clock;
  #events: UploadEvent[] = [];

  constructor(say: (sentences: string) => void, clock: Clock) {
    this.#announce = say;
    this.#clock = clock;
  }

  /** Takes in one piece of news; it is told within a second, together with what else happens meanwhile. */
  add(news: UploadEvent): void {
    if (this.#events.length === 0) {
      this.#clock.after(GATHER_TIME, () => {
        const gathered = this.#events;
        this.#events = [];
        this.#announce(formatEvents(gathered));
      });
    }
    this.#events.push(news);
  }
}

/** News as sentences, each kind once. */
export function formatEvents(news: readonly UploadEvent[]): string {
  const started = news.reduce((sum, item) => sum + (item.kind === "started" ? item.count : 0), 0);
  const ready = news.filter(({ kind }) => kind === "ready").length;
  const duplicate = news.filter(({ kind }) => kind === "duplicate").length;
  const left = news.flatMap((item) => (item.kind === "left" ? [uploadStrings.announcements.timeLeft(item.minutes)] : []));
  const trouble = news.flatMap((item) => {
    if (item.kind === "rejected") return [uploadStrings.announcements.rejected(item.name, item.reason)];
    return item.kind === "failed" ? [uploadStrings.announcements.failed(item.name)] : [];
  });
  return [
    ...(started > 0 ? [uploadStrings.announcements.started(started)] : []),
    ...(ready > 0 ? [uploadStrings.announcements.ready(ready)] : []),
    ...(duplicate > 0 ? [uploadStrings.announcements.duplicate(duplicate)] : []),
    ...left.slice(-1),
    ...trouble.slice(0, MAX_NAMED),
    ...(trouble.length > MAX_NAMED ? [uploadStrings.announcements.moreFailures(trouble.length - MAX_NAMED)] : []),
  ].join(" ");
}
