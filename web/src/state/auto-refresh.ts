/**
 * Refreshes the page regularly, so that photos from other clients and users appear.
 *
 * It refreshes soon after a change, then less and less often, or at a constant interval; not while the page is hidden.
 */
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";

const DELAYS = [5, 5, 8, 12, 20, 30, 45, 60].map((seconds) => seconds * 1000);

export class AutoRefresh {
  readonly #refresh: () => Promise<boolean>;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  #cancel: (() => void) | null = null;
  #running = false;
  #generation = 0;

  /** `refresh` returns whether anything changed; an error counts as no change. `interval` in ms; null: ever longer ones. */
  constructor(refresh: () => Promise<boolean>, clock: Clock, interval: number | null = null) {
    this.#refresh = refresh;
    this.#clock = clock;
    this.#backoff = new Backoff(interval === null ? DELAYS : [interval]);
  }

  /** Starts, or starts again with the shortest delay. */
  start(): void {
    this.#running = true;
    this.#backoff.reset();
    this.#schedule();
  }

  /** Stops until `start` is called. */
  stop(): void {
    this.#running = false;
    this.#generation += 1;
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule(): void {
    this.#cancel?.();
    const round = (this.#generation += 1);
    this.#cancel = this.#clock.after(this.#backoff.next(), () => void this.#run(round));
  }

  async #run(round: number): Promise<void> {
    let changed = false;
    try {
      changed = await this.#refresh();
    } catch {
      // The next refresh may succeed; what the user requested reports its own errors.
    }
    if (!this.#running || round !== this.#generation) return;
    if (changed) this.#backoff.reset();
    this.#schedule();
  }
}
