/**
 * Recognizes a long press: a finger that stays down in one place. The click that follows it is to be ignored.
 */
import type { Clock } from "./clock.ts";

/** How long a finger must stay down, ms, and how far it may move meanwhile, px. */
export const HOLD_TIME = 450;
export const MOVE_TOLERANCE = 10;

export class LongPress {
  readonly #clock: Clock;
  #cancel: () => void = () => undefined;
  #start = { x: 0, y: 0 };
  #fired = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A finger went down; `onLongPress` is called if it stays. */
  begin(x: number, y: number, onLongPress: () => void): void {
    this.end();
    this.#start = { x, y };
    this.#fired = false;
    this.#cancel = this.#clock.after(HOLD_TIME, () => {
      this.#fired = true;
      onLongPress();
    });
  }

  move(x: number, y: number): void {
    if (Math.hypot(x - this.#start.x, y - this.#start.y) > MOVE_TOLERANCE) this.end();
  }

  /** The finger was lifted, or the page scrolled. */
  end(): void {
    this.#cancel();
  }

  /** Whether the current click ends a long press; true once per press. */
  consumeClick(): boolean {
    const fired = this.#fired;
    this.#fired = false;
    return fired;
  }
}
