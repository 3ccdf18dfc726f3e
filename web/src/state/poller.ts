/**
 * Polls what is in progress while somebody watches it: often while it progresses, then less and less often.
 */
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";

interface Polled {
  /** Whether there is anything to poll. */
  readonly isInProgress: () => boolean;
  /** Loads the current state; returns whether there was progress. */
  readonly poll: () => Promise<boolean>;
  /** Delays between two polls, ms. */
  readonly delays: readonly number[];
}

export class Poller {
  readonly #polled: Polled;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  #cancel: () => void = () => undefined;
  #watching = false;

  constructor(polled: Polled, clock: Clock) {
    this.#polled = polled;
    this.#clock = clock;
    this.#backoff = new Backoff(polled.delays);
  }

  /** Lets `schedule` poll, until `pause` is called. */
  watch(): void {
    this.#watching = true;
  }

  /** Schedules the next poll if anything is in progress. */
  schedule(): void {
    this.#cancel();
    if (!this.#watching || !this.#polled.isInProgress()) return;
    this.#cancel = this.#clock.after(this.#backoff.next(), () => void this.#poll());
  }

  /** Schedules the next poll with the shortest delay. */
  scheduleSoon(): void {
    this.#backoff.reset();
    this.schedule();
  }

  /** Stops polling. */
  pause(): void {
    this.#watching = false;
    this.#cancel();
  }

  /** Polls again, the first time at once. */
  resume(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#backoff.reset();
    void this.#poll();
  }

  async #poll(): Promise<void> {
    if (await this.#polled.poll()) this.#backoff.reset();
    this.schedule();
  }
}
