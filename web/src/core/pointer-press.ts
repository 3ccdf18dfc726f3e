/**
 * Whether a pointer is pressed. What moves under it meanwhile would take its click, or lose it: a click goes to the element that was
 * under the pointer both when it was pressed and when it was released.
 */
import type { Clock } from "./clock.ts";

/** Time for the click to arrive after the release, and after which a press counts as over if no release is reported, ms. */
export const CLICK_DELAY = 100;
export const MAX_PRESS = 10_000;

export class PointerPress {
  readonly #clock: Clock;
  #cancel: () => void = () => undefined;
  #resolve: (() => void) | null = null;
  #over = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get active(): boolean {
    return this.#resolve !== null;
  }

  /** Resolves once the current press is over; at once if there is none. */
  get over(): Promise<void> {
    return this.#over;
  }

  begin(): void {
    if (this.#resolve === null) {
      this.#over = new Promise((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#endAfter(MAX_PRESS);
  }

  /** The pointer was released, or the browser took it over to scroll: a click may follow. */
  release(): void {
    if (this.active) this.#endAfter(CLICK_DELAY);
  }

  /** The click was handled. */
  end(): void {
    this.#cancel();
    this.#resolve?.();
    this.#resolve = null;
  }

  #endAfter(delay: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(delay, () => {
      this.end();
    });
  }
}
