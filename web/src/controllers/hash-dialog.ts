/**
 * A dialog that is open while the URL has its hash, such as `#keys`: it can be linked to, and Back closes it.
 */

/** An open dialog. */
export interface OpenDialog {
  close(): void;
}

/** Loads the dialog and returns a function that opens it; it calls `onClosed` after the dialog closed. */
export type LoadDialog = (onClosed: () => void) => Promise<() => OpenDialog>;

export class HashDialog {
  readonly #hash: string;
  readonly #load: LoadDialog;
  readonly #onClosed: () => void;
  readonly #onLoadError: (error: unknown) => void;
  #dialog: OpenDialog | null = null;
  #requested = false;
  /** Whether the dialog is closing because the URL lost its hash; its `close` event comes later. */
  #closing = false;
  /** Whether the dialog that the URL asks for did not load. */
  #failed = false;

  /** `hash` starts with `#`; `onLoadError` is called if the dialog did not load: the URL keeps its hash then. */
  constructor(hash: string, load: LoadDialog, onClosed: () => void, onLoadError: (error: unknown) => void) {
    this.#hash = hash;
    this.#load = load;
    this.#onClosed = onClosed;
    this.#onLoadError = onLoadError;
  }

  /** Opens the dialog and adds it to the browser's history, in place of one that did not load. */
  open(): void {
    if (isDialogState(history.state)) history.replaceState({ dialog: this.#hash }, "", this.#hash);
    else history.pushState({ dialog: this.#hash }, "", this.#hash);
    void this.sync(true);
  }

  /** Gives up a dialog that did not load: it does not open later. */
  giveUp(): void {
    if (!this.#failed) return;
    this.#failed = false;
    this.#removeHash();
  }

  /** Opens the dialog if the URL has its hash and the user is signed in, and closes it otherwise. */
  async sync(signedIn: boolean): Promise<void> {
    this.#requested = signedIn && location.hash === this.#hash;
    this.#failed = false;
    if (this.#requested === (this.#dialog !== null)) return;
    if (!this.#requested) {
      this.#closing = true;
      this.#dialog?.close();
      return;
    }
    try {
      const openDialog = await this.#load(() => {
        this.#handleClosed();
      });
      if (this.#shouldOpen()) this.#dialog = openDialog();
    } catch (error) {
      this.#failed = true;
      this.#onLoadError(error);
    }
  }

  /** Whether the dialog should still open after it loaded. */
  #shouldOpen(): boolean {
    return this.#requested && this.#dialog === null && location.hash === this.#hash;
  }

  #handleClosed(): void {
    this.#dialog = null;
    const followedUrl = this.#closing;
    this.#closing = false;
    if (!followedUrl) this.#removeHash();
    this.#onClosed();
    // The user went forward before the event.
    if (followedUrl && this.#requested) void this.sync(true);
  }

  #removeHash(): void {
    if (location.hash !== this.#hash) return;
    if (isDialogState(history.state)) history.back();
    else history.replaceState(null, "", location.pathname + location.search);
  }
}

function isDialogState(state: unknown): boolean {
  return typeof state === "object" && state !== null && "dialog" in state;
}
