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
  readonly #onEnd: () => void;
  #cancel: () => void = () => undefined;

  active = false;

  /** `onEnd` is called whenever a press is over. */
  constructor(clock: Clock, onEnd: () => void) {
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  begin(): void {
    this.active = true;
    this.#endAfter(MAX_PRESS);
  }

  /** The pointer was released, or the browser took it over to scroll. */
  release(): void {
    if (this.active) this.#endAfter(CLICK_DELAY);
  }

  #endAfter(delay: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(delay, () => {
      this.active = false;
      this.#onEnd();
    });
  }
}
