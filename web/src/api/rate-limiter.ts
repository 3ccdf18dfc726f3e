/**
 * Spaces requests out, so that a page that uploads hundreds of photos stays under the API's throttle.
 *
 * API Gateway allows 20 requests per second and bursts of 10 for each method (a token bucket). The limit here is well
 * below that, because each request may need a CORS preflight and the user may have two tabs. All requests wait in one
 * queue. The algorithm is GCRA (ITU-T I.371).
 */
import { type Clock, wait } from "../core/clock.ts";

/** Time between two requests under load, ms: 12.5 per second. */
const INTERVAL = 80;
/** Requests that may be sent at once after a pause. */
const BURST = 6;

const BURST_TOLERANCE = (BURST - 1) * INTERVAL;

export class RateLimiter {
  readonly #clock: Clock;
  /** When the bucket will be full again, ms since the epoch. */
  #fullAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the caller may send a request. */
  async acquire(): Promise<void> {
    const now = this.#clock.now();
    const full = Math.max(this.#fullAt, now);
    this.#fullAt = full + INTERVAL;
    const early = full - BURST_TOLERANCE - now;
    if (early > 0) await wait(this.#clock, early);
  }

  /** Blocks all requests for `milliseconds`. */
  pauseFor(milliseconds: number): void {
    this.#fullAt = Math.max(this.#fullAt, this.#clock.now() + milliseconds + BURST_TOLERANCE);
  }
}
