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
import { HttpError } from "../core/errors.ts";
import type { Photo } from "./photo.ts";

/** What has to be asked of the library. */
export interface ProcessingApi {
  /** The newest photos that are ready. */
  newestPhotos(): Promise<readonly Photo[]>;
  /** One photo, or null if it does not exist. */
  getPhoto(photoId: string): Promise<Photo | null>;
}

/** Called once for every photo that came to an end; with null for one that does not exist. */
export type SettledCallback = (photoId: string, photo: Photo | null) => void;

const DELAYS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seconds) => seconds * 1000);

/** So many photos are asked for one by one; of more, the list is asked first. */
const LIST_THRESHOLD = 3;
/** Photos asked for one by one in a single look. */
const PHOTOS_PER_POLL = 6;

export class ProcessingPoller {
  readonly #api: ProcessingApi;
  readonly #onSettled: SettledCallback;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(DELAYS);
  /** Photos waited for; the one asked for longest ago stands first. */
  readonly #pending = new Set<string>();
  #cancel: (() => void) | null = null;
  /** When the next look is, if there is one. */
  #nextPollAt = 0;
  #polling = false;

  constructor(progress: ProcessingApi, settled: SettledCallback, clock: Clock) {
    this.#api = progress;
    this.#onSettled = settled;
    this.#clock = clock;
  }

  /** Waits for one more photo. */
  add(photoId: string): void {
    this.#pending.add(photoId);
    this.pollSoon();
  }

  /** Asks soon again. */
  pollSoon(): void {
    this.#backoff.reset();
    this.#schedule();
  }

  /** Sets the next look; one that is due sooner stays, so that photos that come one after the other do not put it off. */
  #schedule(atLeast = 0): void {
    if (this.#polling || this.#pending.size === 0) return;
    const delay = Math.max(this.#backoff.next(), atLeast);
    const due = this.#clock.now() + delay;
    if (this.#cancel !== null && this.#nextPollAt <= due) return;
    this.#cancel?.();
    this.#nextPollAt = due;
    this.#cancel = this.#clock.after(delay, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    this.#cancel = null;
    this.#polling = true;
    let atLeast = 0;
    try {
      if (this.#pending.size > LIST_THRESHOLD) {
        for (const photo of await this.#api.newestPhotos()) this.#settle(photo.photo_id, photo);
      }
      for (const photoId of [...this.#pending].slice(0, PHOTOS_PER_POLL)) {
        this.#pending.delete(photoId);
        this.#pending.add(photoId);
        this.#settle(photoId, await this.#api.getPhoto(photoId));
      }
    } catch (problem) {
      // The photos are in the library whatever happens here: whoever waits can go on waiting.
      atLeast = problem instanceof HttpError ? (problem.retryAfter ?? 0) : 0;
    } finally {
      this.#polling = false;
      this.#schedule(atLeast);
    }
  }

  #settle(photoId: string, photo: Photo | null): void {
    if (photo !== null && !isSettled(photo)) return;
    if (!this.#pending.delete(photoId)) return;
    this.#backoff.reset();
    this.#onSettled(photoId, photo);
  }
}

/** Whether a photo's state is one that it stays in. */
export function isSettled({ state }: Photo): boolean {
  return state !== "uploading" && state !== "processing";
}
