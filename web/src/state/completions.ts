/**
 * Tag completions while the user types: requested after a pause, and only the latest response counts.
 */
import type { components } from "../api/schema.d.ts";
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import type { Scope } from "./view.ts";

export type Completion = components["schemas"]["TagCount"];

/** Completions and their prefix. */
export interface CompletionResult {
  readonly prefix: string;
  readonly items: readonly Completion[];
}

export type FetchCompletions = (prefix: string, scope: Scope) => Promise<readonly Completion[]>;

/** The pause in typing before a request, ms. */
const DEBOUNCE = 150;

const EMPTY: CompletionResult = { prefix: "", items: [] };

export class Completions extends Observable {
  readonly #fetch: FetchCompletions;
  readonly #clock: Clock;
  #generation = 0;
  #cancel: (() => void) | null = null;

  current: CompletionResult = EMPTY;

  constructor(fetch: FetchCompletions, clock: Clock) {
    super();
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Requests completions of a prefix; the previous ones stay until they arrive. */
  complete(prefix: string, scope: Scope): void {
    this.#cancelPending();
    if (prefix === "") {
      this.clear();
      return;
    }
    const generation = this.#generation;
    this.#cancel = this.#clock.after(DEBOUNCE, () => void this.#load(prefix, scope, generation));
  }

  /** Removes all completions. */
  clear(): void {
    this.#cancelPending();
    if (this.current !== EMPTY) this.#setCurrent(EMPTY);
  }

  /** Completions are optional: after an error there are none, and the search still works. */
  async #load(prefix: string, scope: Scope, generation: number): Promise<void> {
    const items = await this.#fetch(prefix, scope).catch(() => []);
    if (generation === this.#generation) this.#setCurrent({ prefix, items });
  }

  #cancelPending(): void {
    this.#generation += 1;
    this.#cancel?.();
    this.#cancel = null;
  }

  #setCurrent(completed: CompletionResult): void {
    this.current = completed;
    this.notifyWatchers();
  }
}
