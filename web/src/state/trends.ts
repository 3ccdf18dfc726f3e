/**
 * The trending tags of a scope, by how many photos they have or by how hot they are.
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import type { Scope, TrendOrder } from "./view.ts";

export interface Trend {
  readonly tag_name: string;
  readonly count: number;
  readonly cover_image: string | null;
}

export type FetchTrends = (scope: Scope, order: TrendOrder) => Promise<readonly Trend[]>;

export class Trends extends Observable {
  readonly #fetchTrends: FetchTrends;
  #generation = 0;
  #scope: Scope | null = null;
  #refreshScheduled = false;

  /** Whether the tags of this scope are still to come for the first time. */
  isLoading = true;
  order: TrendOrder = "count";
  items: readonly Trend[] = [];

  constructor(fetchTrends: FetchTrends) {
    super();
    this.#fetchTrends = fetchTrends;
  }

  /** Shows the tags of a scope in an order; those of another scope vanish at once, they may be private. */
  async load(scope: Scope, order: TrendOrder): Promise<void> {
    if (this.#scope !== scope) {
      this.items = [];
      this.isLoading = true;
    }
    this.#scope = scope;
    this.order = order;
    this.notifyWatchers();
    await this.refresh();
  }

  /**
   * Asks again for the tags at hand; of answers that overtake each other the latest question's counts. Where they
   * cannot be had those shown stay: tags are an offer, and the photos themselves tell what is wrong.
   */
  async refresh(): Promise<void> {
    if (this.#scope === null) return;
    const generation = (this.#generation += 1);
    const items = await this.#fetchTrends(this.#scope, this.order).catch(() => this.items);
    if (generation !== this.#generation) return;
    this.items = items;
    this.isLoading = false;
    this.notifyWatchers();
  }

  /** Asks again before long, once, however often this is called meanwhile. */
  refreshAfter(milliseconds: number, clock: Clock): void {
    if (this.#refreshScheduled) return;
    this.#refreshScheduled = true;
    clock.after(milliseconds, () => {
      this.#refreshScheduled = false;
      void this.refresh();
    });
  }
}
