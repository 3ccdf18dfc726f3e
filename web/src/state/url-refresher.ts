/**
 * Fresh addresses for photos whose image did not load: signed addresses end, and a page may stay open for days.
 *
 * One photo at a time, and each not more often than once a minute, so that a broken image costs next to nothing.
 */
import type { Clock } from "../core/clock.ts";
import type { Photo } from "./photo.ts";

const REST = 60_000;

export class Freshener {
  readonly #fetch: (photoId: string) => Promise<Photo | null>;
  readonly #fresh: (photo: Photo) => void;
  readonly #clock: Clock;
  readonly #asked = new Map<string, number>();
  #line: Promise<void> = Promise.resolve();

  constructor(fetch: (photoId: string) => Promise<Photo | null>, fresh: (photo: Photo) => void, clock: Clock) {
    this.#fetch = fetch;
    this.#fresh = fresh;
    this.#clock = clock;
  }

  /** Asks for a photo's record anew, in its turn. */
  freshen(photoId: string): void {
    const now = this.#clock.now();
    if (now - (this.#asked.get(photoId) ?? -Infinity) < REST) return;
    this.#asked.set(photoId, now);
    this.#line = this.#line.then(async () => {
      try {
        const photo = await this.#fetch(photoId);
        if (photo !== null) this.#fresh(photo);
      } catch {
        // The tile keeps its placeholder; the next look at the list may bring the photo back or take it away.
      }
    });
  }
}
