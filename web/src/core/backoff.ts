/**
 * Delays between repeated requests: short at first, then longer.
 */

export class Backoff {
  readonly #delays: readonly number[];
  #attempts = 0;

  /** `delays` are in ms; the last one repeats. Throws a RangeError if there are none. */
  constructor(delays: readonly number[]) {
    if (delays.length === 0) throw new RangeError("a backoff needs at least one delay");
    this.#delays = delays;
  }

  /** The next delay, ms. */
  next(): number {
    const delay = this.#delays[Math.min(this.#attempts, this.#delays.length - 1)] ?? 0;
    this.#attempts += 1;
    return delay;
  }

  /** Starts again with the first delay. */
  reset(): void {
    this.#attempts = 0;
  }
}

/** The delay in a `Retry-After` header (RFC 9110 10.2.3: seconds or a date), ms; null if it has none. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
