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
export interface Completed {
  readonly prefix: string;
  readonly items: readonly Completion[];
}

export type FetchCompletions = (prefix: string, scope: Scope) => Promise<readonly Completion[]>;

/** How long typing must rest, ms. */
const REST = 150;

const NOTHING: Completed = { prefix: "", items: [] };

export class Completions extends Observable {
  readonly #fetch: FetchCompletions;
  readonly #clock: Clock;
  #generation = 0;
  #cancel: (() => void) | null = null;

  completed: Completed = NOTHING;

  constructor(fetch: FetchCompletions, clock: Clock) {
    super();
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** This was typed: its completions come before long; those of what stood there before stay until then. */
  complete(prefix: string, scope: Scope): void {
    this.#forget();
    if (prefix === "") {
      this.clear();
      return;
    }
    const generation = this.#generation;
    this.#cancel = this.#clock.after(REST, () => void this.#ask(prefix, scope, generation));
  }

  /** Nothing is being typed any more. */
  clear(): void {
    this.#forget();
    if (this.completed !== NOTHING) this.#become(NOTHING);
  }

  /** An offer only: where it cannot be had there is none, and what was typed can be searched for all the same. */
  async #ask(prefix: string, scope: Scope, generation: number): Promise<void> {
    const items = await this.#fetch(prefix, scope).catch(() => []);
    if (generation === this.#generation) this.#become({ prefix, items });
  }

  #forget(): void {
    this.#generation += 1;
    this.#cancel?.();
    this.#cancel = null;
  }

  #become(completed: Completed): void {
    this.completed = completed;
    this.changed();
  }
}
