/**
 * Polls the API until uploaded photos are processed: often at first, then less and less often. Processing a photo takes
 * a few tenths of a second.
 *
 * A few photos are requested one by one. For many, one list of the photos that were added last covers most, and the rest are requested
 * a few at a time in turn, so that hundreds stay under the API's throttle. A finished or added photo makes the next poll
 * come soon. A transient error only delays it.
 */
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { HttpError } from "../core/errors.ts";
import type { Photo } from "./photo.ts";

/** The API routes that the poller needs. */
export interface ProcessingApi {
  /** The ready photos that were added last. */
  recentPhotos(): Promise<readonly Photo[]>;
  /** One photo, or null if it does not exist. */
  getPhoto(photoId: string): Promise<Photo | null>;
}

/** Called once per photo when it is processed; with null if it does not exist. */
export type SettledCallback = (photoId: string, photo: Photo | null) => void;

const DELAYS = [0.3, 0.3, 0.4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seconds) => seconds * 1000);

/** The shortest delay while many photos are processed, ms: each poll then takes several requests. */
const MIN_DELAY_FOR_MANY = 1000;

/** Up to this many photos are requested one by one; for more, the list is requested first. */
const LIST_THRESHOLD = 3;
/** How many photos one poll requests one by one. */
const PHOTOS_PER_POLL = 6;

export class ProcessingPoller {
  readonly #api: ProcessingApi;
  readonly #onSettled: SettledCallback;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(DELAYS);
  /** The photos waited for; the one requested longest ago is first. */
  readonly #pending = new Set<string>();
  #cancel: (() => void) | null = null;
  /** When the next poll is due, if one is scheduled. */
  #nextPollAt = 0;
  #polling = false;

  constructor(api: ProcessingApi, onSettled: SettledCallback, clock: Clock) {
    this.#api = api;
    this.#onSettled = onSettled;
    this.#clock = clock;
  }

  /** Adds a photo to wait for. */
  add(photoId: string): void {
    this.#pending.add(photoId);
    this.pollSoon();
  }

  /** Polls again after the shortest delay. */
  pollSoon(): void {
    this.#backoff.reset();
    this.#schedule();
  }

  /** Schedules the next poll; an earlier one stays, so that added photos do not postpone it. */
  #schedule(atLeast = 0): void {
    if (this.#polling || this.#pending.size === 0) return;
    const delay = Math.max(this.#backoff.next(), atLeast, this.#pending.size > LIST_THRESHOLD ? MIN_DELAY_FOR_MANY : 0);
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
        for (const photo of await this.#api.recentPhotos()) this.#settle(photo.photo_id, photo);
      }
      for (const photoId of [...this.#pending].slice(0, PHOTOS_PER_POLL)) {
        this.#pending.delete(photoId);
        this.#pending.add(photoId);
        this.#settle(photoId, await this.#api.getPhoto(photoId));
      }
    } catch (error) {
      // The photos are in the library in any case: poll again later.
      atLeast = error instanceof HttpError ? (error.retryAfter ?? 0) : 0;
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

/** Whether processing of a photo has ended. */
export function isSettled({ state }: Photo): boolean {
  return state !== "uploading" && state !== "processing";
}
