/**
 * Pauses the polling of an element while the page is hidden, and when the element is removed.
 */
import type { ReactiveController } from "lit";

/** Something that polls. */
interface Polling {
  pause(): void;
  resume(): void;
}

export class PollingController implements ReactiveController {
  readonly #polling: Polling;

  constructor(polling: Polling) {
    this.#polling = polling;
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.#visibilityChanged);
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.#visibilityChanged);
    this.#polling.pause();
  }

  #visibilityChanged = (): void => {
    if (document.hidden) this.#polling.pause();
    else this.#polling.resume();
  };
}
