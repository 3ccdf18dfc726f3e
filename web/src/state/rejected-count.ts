/**
 * The number of the user's own rejected photos.
 */
import { Observable } from "../core/observable.ts";
import type { Page } from "./photo-list.ts";

export interface PhotoCount {
  readonly count: number;
  /** Whether there are more than `count`. */
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

  /** Counts again; after an error the known count stays. */
  async refresh(): Promise<void> {
    const generation = (this.#generation += 1);
    const page = await this.#fetchRejected().catch(() => null);
    if (page !== null && generation === this.#generation) {
      this.#setCurrent({ count: page.items.length, more: page.cursor !== null });
    }
  }

  #setCurrent(count: PhotoCount): void {
    if (count.count === this.current.count && count.more === this.current.more) return;
    this.current = count;
    this.notifyWatchers();
  }
}
