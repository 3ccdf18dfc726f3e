/**
 * Follows the pointer that is pressed on an element, so that the element moves nothing under it until the click.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import { systemClock } from "../core/clock.ts";
import { PointerPress } from "../core/pointer-press.ts";

export class PressController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #press = new PointerPress(systemClock);

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  get active(): boolean {
    return this.#press.active;
  }

  /** Resolves once the current press is over, after its click. */
  get over(): Promise<void> {
    return this.#press.over;
  }

  hostConnected(): void {
    this.#host.addEventListener("pointerdown", this.#pressed);
    for (const event of ["pointerup", "pointercancel"]) addEventListener(event, this.#released);
    addEventListener("click", this.#clicked);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener("pointerdown", this.#pressed);
    for (const event of ["pointerup", "pointercancel"]) removeEventListener(event, this.#released);
    removeEventListener("click", this.#clicked);
    this.#press.end();
  }

  #pressed = (event: PointerEvent): void => {
    if (event.button === 0) this.#press.begin();
  };

  #released = (): void => {
    this.#press.release();
  };

  #clicked = (): void => {
    this.#press.end();
  };
}
