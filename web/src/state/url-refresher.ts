/**
 * Fresh addresses for photos whose image did not load: signed addresses end, and a page may stay open for days.
 *
 * One photo at a time, and each not more often than once a minute, so that a broken image costs next to nothing.
 */
import type { Clock } from "../core/clock.ts";
import type { Photo } from "./photo.ts";

const MIN_INTERVAL = 60_000;

export class UrlRefresher {
  readonly #fetch: (photoId: string) => Promise<Photo | null>;
  readonly #onRefresh: (photo: Photo) => void;
  readonly #clock: Clock;
  readonly #requestedAt = new Map<string, number>();
  #lastRequest: Promise<void> = Promise.resolve();

  constructor(fetch: (photoId: string) => Promise<Photo | null>, fresh: (photo: Photo) => void, clock: Clock) {
    this.#fetch = fetch;
    this.#onRefresh = fresh;
    this.#clock = clock;
  }

  /** Asks for a photo's record anew, in its turn. */
  refresh(photoId: string): void {
    const now = this.#clock.now();
    if (now - (this.#requestedAt.get(photoId) ?? -Infinity) < MIN_INTERVAL) return;
    this.#requestedAt.set(photoId, now);
    this.#lastRequest = this.#lastRequest.then(async () => {
      try {
        const photo = await this.#fetch(photoId);
        if (photo !== null) this.#onRefresh(photo);
      } catch {
        // The tile keeps its placeholder; the next look at the list may bring the photo back or take it away.
      }
    });
  }
}
