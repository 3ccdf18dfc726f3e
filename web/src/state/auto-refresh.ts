/**
 * Looking again now and then, so that photos from other doors and other people appear by themselves.
 *
 * Soon after something changed, else ever less often, and not at all while nobody is looking at the page.
 */
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";

const DELAYS = [5, 5, 8, 12, 20, 30, 45, 60].map((seconds) => seconds * 1000);

export class AutoRefresh {
  readonly #refresh: () => Promise<boolean>;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(DELAYS);
  #cancel: (() => void) | null = null;
  #running = false;
  #generation = 0;

  /** `refresh` tells whether anything had changed; what it throws counts as no change. */
  constructor(refresh: () => Promise<boolean>, clock: Clock) {
    this.#refresh = refresh;
    this.#clock = clock;
  }

  /** Begins, or begins again with the shortest wait. */
  start(): void {
    this.#running = true;
    this.#backoff.reset();
    this.#schedule();
  }

  /** Stops until woken. */
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
      // A later look will do; what the person asked for themselves reports its own problems.
    }
    if (!this.#running || round !== this.#generation) return;
    if (changed) this.#backoff.reset();
    this.#schedule();
  }
}
