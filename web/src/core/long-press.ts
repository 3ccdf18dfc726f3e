/**
 * A finger that rests on something: long enough, and in one place, it is a long press, and the click after it is none.
 */
import type { Clock } from "./clock.ts";

/** How long a finger rests, ms, and how far it may stray meanwhile, px. */
export const HELD = 450;
export const STRAY = 10;

export class LongPress {
  readonly #clock: Clock;
  #cancel: () => void = () => undefined;
  #at = { x: 0, y: 0 };
  #answered = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A finger is down; `held` is called if it rests. */
  begin(x: number, y: number, held: () => void): void {
    this.end();
    this.#at = { x, y };
    this.#answered = false;
    this.#cancel = this.#clock.after(HELD, () => {
      this.#answered = true;
      held();
    });
  }

  move(x: number, y: number): void {
    if (Math.hypot(x - this.#at.x, y - this.#at.y) > STRAY) this.end();
  }

  /** It was lifted, or the page scrolls under it. */
  end(): void {
    this.#cancel();
  }

  /** Whether a click that comes now belongs to a press that was answered; asked once for each. */
  swallows(): boolean {
    const answered = this.#answered;
    this.#answered = false;
    return answered;
  }
}
