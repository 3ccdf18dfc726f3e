/**
 * Selecting with a long press: a finger that rests on an item selects it, and the click and the menu after it are suppressed.
 */
import { systemClock } from "../core/clock.ts";
import { LongPress } from "../core/long-press.ts";

export class TouchSelection {
  readonly #longPress = new LongPress(systemClock);

  /** Starts a long press for touch; a mouse has the checkbox. */
  pointerDown({ pointerType, clientX, clientY }: PointerEvent, select: () => void): void {
    if (pointerType === "touch") this.#longPress.begin(clientX, clientY, select);
  }

  readonly pointerMoved = ({ clientX, clientY }: PointerEvent): void => {
    this.#longPress.move(clientX, clientY);
  };

  readonly pointerUp = (): void => {
    this.#longPress.end();
  };

  /** The selection bar may have appeared under the finger: lifting it must not press a button there. */
  readonly touchEnded = (event: TouchEvent): void => {
    if (this.consumeClick()) event.preventDefault();
  };

  /** Returns whether a click belongs to the long press, once for each press. */
  consumeClick(): boolean {
    return this.#longPress.consumeClick();
  }
}

/** Keeps a long press from opening the context menu. */
export function preventTouchMenu(event: Event): void {
  if ((event as PointerEvent).pointerType === "touch") event.preventDefault();
}
