/**
 * What went wrong with something that a guest did, until they dismiss it.
 */
import { NetworkError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";

export class GuestNotice extends Observable {
  /** Null: there is nothing to report. */
  error: unknown = null;

  report(error: unknown): void {
    this.error = error;
    this.notifyWatchers();
  }

  dismiss(): void {
    this.report(null);
  }

  /** The device is online again: that it was not is no longer worth a notice. */
  handleOnline(): void {
    if (this.error instanceof NetworkError) this.dismiss();
  }
}
