/**
 * Tags that complete what is being typed: asked for once the typing rests, and the latest question's answer counts.
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import type { Scope } from "./view.ts";

export interface Completion {
  readonly tag_name: string;
  readonly count: number;
}

/** Tags, and what they complete. */
export interface CompletionResult {
  readonly prefix: string;
  readonly items: readonly Completion[];
}

export type FetchCompletions = (prefix: string, scope: Scope) => Promise<readonly Completion[]>;

/** How long typing must rest, ms. */
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

  /** This was typed: its completions come before long; those of what stood there before stay until then. */
  complete(prefix: string, scope: Scope): void {
    this.#cancelPending();
    if (prefix === "") {
      this.clear();
      return;
    }
    const generation = this.#generation;
    this.#cancel = this.#clock.after(DEBOUNCE, () => void this.#load(prefix, scope, generation));
  }

  /** Nothing is being typed any more. */
  clear(): void {
    this.#cancelPending();
    if (this.current !== EMPTY) this.#setCurrent(EMPTY);
  }

  /** An offer only: where it cannot be had there is none, and what was typed can be searched for all the same. */
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
