/**
 * The toast after an operation, with an undo. It disappears automatically, unless it is hovered, focused or shows errors.
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

  /** Keeps the toast while it is hovered or focused. */
  pause(): void {
    this.#cancel();
  }

  /** Starts the timer again. */
  resume(): void {
    this.#cancel();
    if (this.toast !== null && this.toast.errors.length === 0) {
      this.#cancel = this.#clock.after(DISPLAY_TIME, () => {
        this.dismiss();
      });
    }
  }
}
