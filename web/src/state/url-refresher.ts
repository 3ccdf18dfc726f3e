/**
 * Fetches new URLs for photos whose image did not load: signed URLs expire, and a page may stay open for days.
 *
 * It fetches one photo at a time, and each at most once a minute, so that a broken image costs little.
 */
import type { Clock } from "../core/clock.ts";

const MIN_INTERVAL = 60_000;

export class UrlRefresher<Photo> {
  readonly #fetch: (photoId: string) => Promise<Photo | null>;
  readonly #onRefresh: (photo: Photo) => void;
  readonly #clock: Clock;
  readonly #requestedAt = new Map<string, number>();
  #lastRequest: Promise<void> = Promise.resolve();

  constructor(fetch: (photoId: string) => Promise<Photo | null>, onRefresh: (photo: Photo) => void, clock: Clock) {
    this.#fetch = fetch;
    this.#onRefresh = onRefresh;
    this.#clock = clock;
  }

  /** Queues a photo to be fetched again. */
  refresh(photoId: string): void {
    const now = this.#clock.now();
    if (now - (this.#requestedAt.get(photoId) ?? -Infinity) < MIN_INTERVAL) return;
    this.#requestedAt.set(photoId, now);
    this.#lastRequest = this.#lastRequest.then(async () => {
      try {
        const photo = await this.#fetch(photoId);
        if (photo !== null) this.#onRefresh(photo);
      } catch {
        // The tile keeps its placeholder; the next refresh of the feed may fix or remove the photo.
      }
    });
  }
}
