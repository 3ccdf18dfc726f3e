/**
 * Waiting for the library to finish with photos that were put in: asks soon, then ever less often.
 *
 * Between the upload queue, which says what to wait for, and the API. A few photos are asked for one by one; of many,
 * one list of the newest photos tells of most, and the rest are asked for a handful at a time, each in its turn, so
 * that hundreds at once stay under the API's throttle. Anything that finishes, or comes in, makes it ask soon again.
 * A passing fault only makes it wait.
 */
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { Refused } from "../core/errors.ts";
import type { Photo } from "./photo.ts";

/** What has to be asked of the library. */
export interface Progress {
  /** The newest photos that are ready. */
  newest(): Promise<readonly Photo[]>;
  /** One photo, or null if it does not exist. */
  photo(photoId: string): Promise<Photo | null>;
}

/** Called once for every photo that came to an end; with null for one that does not exist. */
export type Settled = (photoId: string, photo: Photo | null) => void;

const STEPS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seconds) => seconds * 1000);

/** So many photos are asked for one by one; of more, the list is asked first. */
const FEW = 3;
/** Photos asked for one by one in a single look. */
const MOST = 6;

export class ProcessingWatch {
  readonly #progress: Progress;
  readonly #settled: Settled;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(STEPS);
  /** Photos waited for; the one asked for longest ago stands first. */
  readonly #pending = new Set<string>();
  #cancel: (() => void) | null = null;
  /** When the next look is, if there is one. */
  #due = 0;
  #looking = false;

  constructor(progress: Progress, settled: Settled, clock: Clock) {
    this.#progress = progress;
    this.#settled = settled;
    this.#clock = clock;
  }

  /** Waits for one more photo. */
  add(photoId: string): void {
    this.#pending.add(photoId);
    this.wake();
  }

  /** Asks soon again. */
  wake(): void {
    this.#backoff.reset();
    this.#schedule();
  }

  /** Sets the next look; one that is due sooner stays, so that photos that come one after the other do not put it off. */
  #schedule(atLeast = 0): void {
    if (this.#looking || this.#pending.size === 0) return;
    const delay = Math.max(this.#backoff.next(), atLeast);
    const due = this.#clock.now() + delay;
    if (this.#cancel !== null && this.#due <= due) return;
    this.#cancel?.();
    this.#due = due;
    this.#cancel = this.#clock.after(delay, () => void this.#look());
  }

  async #look(): Promise<void> {
    this.#cancel = null;
    this.#looking = true;
    let atLeast = 0;
    try {
      if (this.#pending.size > FEW) {
        for (const photo of await this.#progress.newest()) this.#take(photo.photo_id, photo);
      }
      for (const photoId of [...this.#pending].slice(0, MOST)) {
        this.#pending.delete(photoId);
        this.#pending.add(photoId);
        this.#take(photoId, await this.#progress.photo(photoId));
      }
    } catch (problem) {
      // The photos are in the library whatever happens here: whoever waits can go on waiting.
      atLeast = problem instanceof Refused ? (problem.retryAfter ?? 0) : 0;
    } finally {
      this.#looking = false;
      this.#schedule(atLeast);
    }
  }

  #take(photoId: string, photo: Photo | null): void {
    if (photo !== null && !hasSettled(photo)) return;
    if (!this.#pending.delete(photoId)) return;
    this.#backoff.reset();
    this.#settled(photoId, photo);
  }
}

/** Whether a photo's state is one that it stays in. */
export function hasSettled({ state }: Photo): boolean {
  return state !== "uploading" && state !== "processing";
}
