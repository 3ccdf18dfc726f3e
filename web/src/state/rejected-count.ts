/**
 * How many of one's own photos need attention: those that the library could not use.
 */
import { Observable } from "../core/observable.ts";
import type { Page } from "./feed.ts";

export interface Count {
  readonly count: number;
  /** Whether there are more than were counted. */
  readonly more: boolean;
}

const NONE: Count = { count: 0, more: false };

export class Attention extends Observable {
  readonly #fetchRejected: () => Promise<Page>;
  #generation = 0;

  rejected: Count = NONE;

  constructor(fetchRejected: () => Promise<Page>) {
    super();
    this.#fetchRejected = fetchRejected;
  }

  /** Counts again; where that cannot be done the number known stays. */
  async look(): Promise<void> {
    const generation = (this.#generation += 1);
    const page = await this.#fetchRejected().catch(() => null);
    if (page !== null && generation === this.#generation) {
      this.#become({ count: page.items.length, more: page.cursor !== null });
    }
  }

  /** Nobody is signed in: there is nothing to tell. */
  forget(): void {
    this.#generation += 1;
    this.#become(NONE);
  }

  #become(counted: Count): void {
    if (counted.count === this.rejected.count && counted.more === this.rejected.more) return;
    this.rejected = counted;
    this.changed();
  }
}
