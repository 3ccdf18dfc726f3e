/**
 * How long to wait before asking again: soon at first, then less and less often.
 */

export class Backoff {
  readonly #delays: readonly number[];
  #attempts = 0;

  /** `steps` are milliseconds; the last one repeats for ever. */
  constructor(steps: readonly number[]) {
    if (steps.length === 0) throw new RangeError("a backoff needs at least one step");
    this.#delays = steps;
  }

  /** Milliseconds to wait this time. */
  next(): number {
    const step = this.#delays[Math.min(this.#attempts, this.#delays.length - 1)] ?? 0;
    this.#attempts += 1;
    return step;
  }

  /** Begins again with the shortest wait. */
  reset(): void {
    this.#attempts = 0;
  }
}

/** Milliseconds asked for by a `Retry-After` header (RFC 9110 10.2.3: seconds or a date), or null. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
