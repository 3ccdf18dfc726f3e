/**
 * A finger that rests on something: long enough, and in one place, it is a long press, and the click after it is none.
 */
import type { Clock } from "./clock.ts";

/** How long a finger rests, ms, and how far it may stray meanwhile, px. */
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

  /** A finger is down; `held` is called if it rests. */
  begin(x: number, y: number, held: () => void): void {
    this.end();
    this.#start = { x, y };
    this.#fired = false;
    this.#cancel = this.#clock.after(HOLD_TIME, () => {
      this.#fired = true;
      held();
    });
  }

  move(x: number, y: number): void {
    if (Math.hypot(x - this.#start.x, y - this.#start.y) > MOVE_TOLERANCE) this.end();
  }

  /** It was lifted, or the page scrolls under it. */
  end(): void {
    this.#cancel();
  }

  /** Whether a click that comes now belongs to a press that was answered; asked once for each. */
  consumeClick(): boolean {
    const answered = this.#fired;
    this.#fired = false;
    return answered;
  }
}
