/**
 * One line about what was just done, with the way to undo it: it goes by itself, but not while it is being used, and
 * not while it tells of something that went wrong.
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";

export interface Toast {
  readonly message: string;
  /** What went wrong, a line for each. */
  readonly errors: readonly string[];
  readonly undo: (() => void) | null;
}

/** How long a line stays, ms. */
export const DISPLAY_TIME = 12_000;

export class Toaster extends Observable {
  readonly #clock: Clock;
  #cancel: () => void = () => undefined;

  toast: Toast | null = null;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  /** Says this, in place of what was said before. */
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

  /** Undoes what can be, once. */
  undo(): void {
    const undo = this.toast?.undo ?? null;
    if (undo === null) return;
    this.dismiss();
    undo();
  }

  /** The pointer or the keyboard is on it: it stays. */
  pause(): void {
    this.#cancel();
  }

  /** It may go, in its time. */
  resume(): void {
    this.#cancel();
    if (this.toast !== null && this.toast.errors.length === 0) {
      this.#cancel = this.#clock.after(DISPLAY_TIME, () => {
        this.dismiss();
      });
    }
  }
}
