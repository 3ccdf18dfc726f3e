/**
 * A dialog and the page's address: a place like `#keys` shows it, so that it can be linked to, and Back closes it.
 */

/** What is shown; it says by itself when it has been put away. */
export interface Shown {
  close(): void;
}

/** Loads and shows it; `closed` is to be called once it is put away, by whomever. */
export type Show = (closed: () => void) => Promise<() => Shown>;

export class Desk {
  readonly #address: string;
  readonly #load: Show;
  readonly #closed: () => void;
  readonly #missing: (problem: unknown) => void;
  #shown: Shown | null = null;
  #wanted = false;

  /** `address` begins with `#`; `closed` is called once the dialog is put away, `missing` if it did not load: then the
   *  address asks for it still. */
  constructor(address: string, load: Show, closed: () => void, missing: (problem: unknown) => void) {
    this.#address = address;
    this.#load = load;
    this.#closed = closed;
    this.#missing = missing;
  }

  /** Goes there, as a step that Back takes back. */
  open(): void {
    history.pushState({ desk: this.#address }, "", this.#address);
    void this.follow(true);
  }

  /** Shows the dialog if the address asks for it and somebody is signed in, and puts it away otherwise. */
  async follow(signedIn: boolean): Promise<void> {
    this.#wanted = signedIn && location.hash === this.#address;
    if (this.#wanted === (this.#shown !== null)) return;
    if (!this.#wanted) {
      this.#shown?.close();
      return;
    }
    try {
      const show = await this.#load(() => {
        this.#putAway();
      });
      if (this.#opens()) this.#shown = show();
    } catch (problem) {
      this.#missing(problem);
    }
  }

  /** Whether it is still to be shown, now that it could be. */
  #opens(): boolean {
    return this.#wanted && this.#shown === null;
  }

  #putAway(): void {
    this.#shown = null;
    if (location.hash === this.#address) {
      if (isStep(history.state)) history.back();
      else history.replaceState(null, "", location.pathname + location.search);
    }
    this.#closed();
  }
}

function isStep(state: unknown): boolean {
  return typeof state === "object" && state !== null && "desk" in state;
}
