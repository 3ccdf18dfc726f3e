/**
 * When the next request may leave, so that a page with hundreds of photos in hand stays under the API's throttle.
 *
 * API Gateway lets 20 requests a second through, and 10 at once (a token bucket). Here they leave at well under that,
 * for a browser may have to ask leave for each first (CORS), and the same person may have two tabs. Everybody waits
 * in one line. The algorithm is GCRA (ITU-T I.371).
 */
import { type Clock, wait } from "../core/clock.ts";

/** Between two requests where many are wanted, ms: 12.5 a second. */
const INTERVAL = 80;
/** Requests that may leave at once after a pause. */
const BURST = 6;

const BURST_TOLERANCE = (BURST - 1) * INTERVAL;

export class RateLimiter {
  readonly #clock: Clock;
  /** When the bucket will be full again, ms since the epoch. */
  #fullAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it is the caller's turn. */
  async acquire(): Promise<void> {
    const now = this.#clock.now();
    const full = Math.max(this.#fullAt, now);
    this.#fullAt = full + INTERVAL;
    const early = full - BURST_TOLERANCE - now;
    if (early > 0) await wait(this.#clock, early);
  }

  /** Nobody's turn comes for so many milliseconds: the library asked for it. */
  pauseFor(milliseconds: number): void {
    this.#fullAt = Math.max(this.#fullAt, this.#clock.now() + milliseconds + BURST_TOLERANCE);
  }
}
