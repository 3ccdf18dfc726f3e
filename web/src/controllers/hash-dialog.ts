/**
 * A dialog and the page's address: a place like `#keys` shows it, so that it can be linked to, and Back closes it.
 */

/** What is shown; it says by itself when it has been put away. */
export interface OpenDialog {
  close(): void;
}

/** Loads and shows it; `closed` is to be called once it is put away, by whomever. */
export type LoadDialog = (closed: () => void) => Promise<() => OpenDialog>;

export class HashDialog {
  readonly #hash: string;
  readonly #load: LoadDialog;
  readonly #onClosed: () => void;
  readonly #onLoadError: (problem: unknown) => void;
  #dialog: OpenDialog | null = null;
  #requested = false;

  /** `address` begins with `#`; `closed` is called once the dialog is put away, `missing` if it did not load: then the
   *  address asks for it still. */
  constructor(address: string, load: LoadDialog, closed: () => void, missing: (problem: unknown) => void) {
    this.#hash = address;
    this.#load = load;
    this.#onClosed = closed;
    this.#onLoadError = missing;
  }

  /** Goes there, as a step that Back takes back. */
  open(): void {
    history.pushState({ desk: this.#hash }, "", this.#hash);
    void this.sync(true);
  }

  /** Shows the dialog if the address asks for it and somebody is signed in, and puts it away otherwise. */
  async sync(signedIn: boolean): Promise<void> {
    this.#requested = signedIn && location.hash === this.#hash;
    if (this.#requested === (this.#dialog !== null)) return;
    if (!this.#requested) {
      this.#dialog?.close();
      return;
    }
    try {
      const show = await this.#load(() => {
        this.#handleClosed();
      });
      if (this.#shouldOpen()) this.#dialog = show();
    } catch (problem) {
      this.#onLoadError(problem);
    }
  }

  /** Whether it is still to be shown, now that it could be. */
  #shouldOpen(): boolean {
    return this.#requested && this.#dialog === null;
  }

  #handleClosed(): void {
    this.#dialog = null;
    if (location.hash === this.#hash) {
      if (isDialogState(history.state)) history.back();
      else history.replaceState(null, "", location.pathname + location.search);
    }
    this.#onClosed();
  }
}

function isDialogState(state: unknown): boolean {
  return typeof state === "object" && state !== null && "desk" in state;
}
