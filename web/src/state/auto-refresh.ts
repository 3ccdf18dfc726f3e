/**
 * Looking again now and then, so that photos from other doors and other people appear by themselves.
 *
 * Soon after something changed, else ever less often, and not at all while nobody is looking at the page.
 */
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";

const STEPS = [5, 5, 8, 12, 20, 30, 45, 60].map((seconds) => seconds * 1000);

export class Refresher {
  readonly #refresh: () => Promise<boolean>;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(STEPS);
  #cancel: (() => void) | null = null;
  #awake = false;
  #round = 0;

  /** `refresh` tells whether anything had changed; what it throws counts as no change. */
  constructor(refresh: () => Promise<boolean>, clock: Clock) {
    this.#refresh = refresh;
    this.#clock = clock;
  }

  /** Begins, or begins again with the shortest wait. */
  wake(): void {
    this.#awake = true;
    this.#backoff.reset();
    this.#schedule();
  }

  /** Stops until woken. */
  sleep(): void {
    this.#awake = false;
    this.#round += 1;
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule(): void {
    this.#cancel?.();
    const round = (this.#round += 1);
    this.#cancel = this.#clock.after(this.#backoff.next(), () => void this.#look(round));
  }

  async #look(round: number): Promise<void> {
    let changed = false;
    try {
      changed = await this.#refresh();
    } catch {
      // A later look will do; what the person asked for themselves reports its own problems.
    }
    if (!this.#awake || round !== this.#round) return;
    if (changed) this.#backoff.reset();
    this.#schedule();
  }
}
