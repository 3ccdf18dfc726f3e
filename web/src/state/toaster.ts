/**
 * The toast after an operation, with an undo. It disappears automatically: later while it is hovered or focused, never while it shows errors.
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";

export interface Toast {
  readonly message: string;
  /** One line per error. */
  readonly errors: readonly string[];
  readonly undo: (() => void) | null;
}

/** How long a toast stays, ms. */
export const DISPLAY_TIME = 12_000;
/** How long it stays at most after the pointer moved over it or it got the focus, ms: a pointer may be left there. */
export const MAX_PAUSE = 60_000;

export class Toaster extends Observable {
  readonly #clock: Clock;
  #cancel: () => void = () => undefined;

  toast: Toast | null = null;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  /** Shows a toast in place of the previous one. */
  show(toast: Toast): void {
    this.toast = toast;
    this.notifyWatchers();
    this.resume();
  }

  dismiss(): void {
    this.#cancel();
    if (this.toast === null) return;
    this.toast = null;
    this.notifyWatchers();
  }

  /** Undoes the operation, once. */
  undo(): void {
    const undo = this.toast?.undo ?? null;
    if (undo === null) return;
    this.dismiss();
    undo();
  }

  /** Keeps the toast while it is hovered or focused, for a limited time. */
  pause(): void {
    this.#dismissAfter(MAX_PAUSE);
  }

  /** Starts the timer again. */
  resume(): void {
    this.#dismissAfter(DISPLAY_TIME);
  }

  #dismissAfter(milliseconds: number): void {
    this.#cancel();
    if (this.toast?.errors.length === 0) {
      this.#cancel = this.#clock.after(milliseconds, () => {
        this.dismiss();
      });
    }
  }
}
