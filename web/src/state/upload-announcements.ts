/**
 * What to say aloud of the uploads: a few sentences now and then, instead of a word for every file.
 */
import type { Clock } from "../core/clock.ts";
import { uploadAnnouncements } from "../i18n/uploads.ts";

/** How long news is gathered before it is told, ms. */
const GATHER = 1000;
/** Files named one by one; of more only the number is told. */
const NAMED = 3;

export type News =
  | { readonly kind: "started"; readonly count: number }
  /** So many minutes will it still take. */
  | { readonly kind: "left"; readonly minutes: number }
  | { readonly kind: "ready" | "duplicate" }
  | { readonly kind: "rejected"; readonly name: string; readonly reason: string }
  | { readonly kind: "failed"; readonly name: string };

export class Announcer {
  readonly #say: (sentences: string) => void;
  readonly #clock: Clock;
  #news: News[] = [];

  constructor(say: (sentences: string) => void, clock: Clock) {
    this.#say = say;
    this.#clock = clock;
  }

  /** Takes in one piece of news; it is told within a second, together with what else happens meanwhile. */
  tell(news: News): void {
    if (this.#news.length === 0) {
      this.#clock.after(GATHER, () => {
        const gathered = this.#news;
        this.#news = [];
        this.#say(inSentences(gathered));
      });
    }
    this.#news.push(news);
  }
}

/** News as sentences, each kind once. */
export function inSentences(news: readonly News[]): string {
  const started = news.reduce((sum, item) => sum + (item.kind === "started" ? item.count : 0), 0);
  const ready = news.filter(({ kind }) => kind === "ready").length;
  const duplicate = news.filter(({ kind }) => kind === "duplicate").length;
  const left = news.flatMap((item) => (item.kind === "left" ? [uploadAnnouncements.left(item.minutes)] : []));
  const trouble = news.flatMap((item) => {
    if (item.kind === "rejected") return [uploadAnnouncements.rejected(item.name, item.reason)];
    return item.kind === "failed" ? [uploadAnnouncements.failed(item.name)] : [];
  });
  return [
    ...(started > 0 ? [uploadAnnouncements.started(started)] : []),
    ...(ready > 0 ? [uploadAnnouncements.ready(ready)] : []),
    ...(duplicate > 0 ? [uploadAnnouncements.duplicate(duplicate)] : []),
    ...left.slice(-1),
    ...trouble.slice(0, NAMED),
    ...(trouble.length > NAMED ? [uploadAnnouncements.andMore(trouble.length - NAMED)] : []),
  ].join(" ");
}
