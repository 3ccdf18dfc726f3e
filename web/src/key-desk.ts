/**
 * The keys and the page's address: `#keys` shows them, so that they can be linked to, and Back closes them.
 */
import type { KeysDialog } from "./elements/keys.ts";
import type { KeyOffice } from "./keys.ts";

const ADDRESS = "#keys";
const STEP = { keys: true };

export class KeyDesk {
  readonly #office: KeyOffice;
  readonly #api: string;
  readonly #closed: () => void;
  #dialog: KeysDialog | null = null;
  #wanted = false;

  /** `api` is the address that scripts will use; `closed` is called once the keys are put away. */
  constructor(office: KeyOffice, api: string, closed: () => void) {
    this.#office = office;
    this.#api = api;
    this.#closed = closed;
  }

  /** Goes to the keys, as a step that Back takes back. */
  open(): void {
    history.pushState(STEP, "", ADDRESS);
    void this.follow(true);
  }

  /** Shows the keys if the address asks for them and somebody is signed in, and puts them away otherwise. */
  async follow(signedIn: boolean): Promise<void> {
    this.#wanted = signedIn && location.hash === ADDRESS;
    if (this.#wanted === (this.#dialog !== null)) return;
    if (!this.#wanted) {
      this.#dialog?.close();
      return;
    }
    const { openKeys } = await import("./elements/keys.ts");
    if (!this.#opens()) return;
    this.#dialog = openKeys(this.#office, this.#api, () => {
      this.#putAway();
    });
  }

  /** Whether the keys are still to be shown, now that they could be. */
  #opens(): boolean {
    return this.#wanted && this.#dialog === null;
  }

  #putAway(): void {
    this.#dialog = null;
    if (location.hash === ADDRESS) {
      if (isStep(history.state)) history.back();
      else history.replaceState(null, "", location.pathname + location.search);
    }
    this.#closed();
  }
}

function isStep(state: unknown): boolean {
  return typeof state === "object" && state !== null && "keys" in state;
}
