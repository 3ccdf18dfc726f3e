/**
 * How many of one's own photos need attention: those that the library could not use.
 */
import { Observable } from "../core/observable.ts";
import type { Page } from "./feed.ts";

export interface PhotoCount {
  readonly count: number;
  /** Whether there are more than were counted. */
  readonly more: boolean;
}

const NONE: PhotoCount = { count: 0, more: false };

export class RejectedCount extends Observable {
  readonly #fetchRejected: () => Promise<Page>;
  #generation = 0;

  current: PhotoCount = NONE;

  constructor(fetchRejected: () => Promise<Page>) {
    super();
    this.#fetchRejected = fetchRejected;
  }

  /** Counts again; where that cannot be done the number known stays. */
  async refresh(): Promise<void> {
    const generation = (this.#generation += 1);
    const page = await this.#fetchRejected().catch(() => null);
    if (page !== null && generation === this.#generation) {
      this.#setCurrent({ count: page.items.length, more: page.cursor !== null });
    }
  }

  /** Nobody is signed in: there is nothing to tell. */
  clear(): void {
    this.#generation += 1;
    this.#setCurrent(NONE);
  }

  #setCurrent(counted: PhotoCount): void {
    if (counted.count === this.current.count && counted.more === this.current.more) return;
    this.current = counted;
    this.notifyWatchers();
  }
}
