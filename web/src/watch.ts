/**
 * Waiting for the library to finish with photos that were put in: asks soon, then ever less often.
 *
 * Between the upload queue, which says what to wait for, and the API, which is asked about all of it at once.
 * Anything that finishes, or comes in, makes it ask soon again. A passing fault only makes it wait.
 */
import { Backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { Photo } from "./photo.ts";
import { Refused } from "./problems.ts";

/** Tells of those photos that have come to an end, one way or another; null for one that does not exist. */
export type Look = (photoIds: readonly string[]) => Promise<ReadonlyMap<string, Photo | null>>;

/** Called once for every photo that came to an end. */
export type Settled = (photoId: string, photo: Photo | null) => void;

const STEPS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seconds) => seconds * 1000);

export class ProcessingWatch {
  readonly #look: Look;
  readonly #settled: Settled;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(STEPS);
  readonly #pending = new Set<string>();
  #cancel: (() => void) | null = null;
  #looking = false;

  constructor(look: Look, settled: Settled, clock: Clock) {
    this.#look = look;
    this.#settled = settled;
    this.#clock = clock;
  }

  /** Waits for one more photo. */
  add(photoId: string): void {
    this.#pending.add(photoId);
    this.#backoff.reset();
    this.#schedule();
  }

  #schedule(atLeast = 0): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#looking || this.#pending.size === 0) return;
    const delay = Math.max(this.#backoff.next(), atLeast);
    this.#cancel = this.#clock.after(delay, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    this.#cancel = null;
    this.#looking = true;
    let atLeast = 0;
    try {
      const outcomes = await this.#look([...this.#pending]);
      for (const [photoId, photo] of outcomes) {
        if (!this.#pending.delete(photoId)) continue;
        this.#backoff.reset();
        this.#settled(photoId, photo);
      }
    } catch (problem) {
      // The photos are in the library whatever happens here: whoever waits can go on waiting.
      atLeast = problem instanceof Refused ? (problem.retryAfter ?? 0) : 0;
    } finally {
      this.#looking = false;
      this.#schedule(atLeast);
    }
  }
}

/** Whether a photo's state is one that it stays in. */
export function hasSettled({ state }: Photo): boolean {
  return state !== "uploading" && state !== "processing";
}
