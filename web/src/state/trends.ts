/**
 * The trending tags of a scope, by photo count or by heat.
 */
import type { components } from "../api/schema.d.ts";
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import { attributesLast, ownWordsFirst } from "./attributes.ts";
import type { Scope, TrendOrder } from "./view.ts";

const MAX_TAGS = 24;

export type Trend = components["schemas"]["TrendingTag"];

export type FetchTrends = (scope: Scope, order: TrendOrder) => Promise<readonly Trend[]>;

export class Trends extends Observable {
  readonly #fetchTrends: FetchTrends;
  #generation = 0;
  #scope: Scope | null = null;
  #refreshScheduled = false;

  /** Whether the tags of this scope are loading for the first time. */
  isLoading = true;
  order: TrendOrder = "count";
  items: readonly Trend[] = [];

  constructor(fetchTrends: FetchTrends) {
    super();
    this.#fetchTrends = fetchTrends;
  }

  /** Loads the tags of a scope in an order; tags of another scope disappear at once, because they may be private. */
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
   * Reloads the tags; only the response to the latest request counts. After an error the known tags stay: tags are
   * optional, and the feed shows the error.
   */
  async refresh(): Promise<void> {
    if (this.#scope === null) return;
    const generation = (this.#generation += 1);
    const items = await this.#fetchTrends(this.#scope, this.order).catch(() => this.items);
    if (generation !== this.#generation) return;
    this.items = (this.order === "count" ? ownWordsFirst : attributesLast)(items, MAX_TAGS);
    this.isLoading = false;
    this.notifyWatchers();
  }

  /** Reloads the tags after a delay, once, however often this is called meanwhile. */
  refreshAfter(milliseconds: number, clock: Clock): void {
    if (this.#refreshScheduled) return;
    this.#refreshScheduled = true;
    clock.after(milliseconds, () => {
      this.#refreshScheduled = false;
      void this.refresh();
    });
  }
}
