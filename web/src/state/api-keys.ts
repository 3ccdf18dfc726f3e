/**
 * One's own API keys: the list of them, one being made, one about to be revoked.
 *
 * The library tells a new key once. It is held here until the person says they have it, and nowhere else.
 */
import { Refused } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";

export type Right = "read" | "upload" | "manage";
export const RIGHTS: readonly Right[] = ["read", "upload", "manage"];

export interface Key {
  readonly key_id: string;
  readonly name: string;
  readonly can: readonly Right[];
  readonly created_at: string;
  readonly last_used: string | null;
}

/** A key as the library tells it once, with what lets a script in. */
export interface NewKey extends Key {
  readonly key: string;
}

/** The library's part. */
export interface KeyOffice {
  keys(): Promise<readonly Key[]>;
  makeKey(name: string, can: readonly Right[]): Promise<NewKey>;
  revokeKey(keyId: string): Promise<void>;
}

export type KeysStatus = "loading" | "ready" | "failed";

export class Keys extends Observable {
  readonly #office: KeyOffice;

  status: KeysStatus = "loading";
  items: readonly Key[] = [];
  /** What went wrong last, or null. */
  problem: unknown = null;
  making = false;
  /** The key that was just made. */
  made: NewKey | null = null;
  /** The key that the person is asked about before it is revoked. */
  asked: Key | null = null;
  revoking = false;

  constructor(office: KeyOffice) {
    super();
    this.#office = office;
  }

  /** Loads the list; once more after it failed. */
  async load(): Promise<void> {
    this.#become({ status: "loading", problem: null });
    try {
      this.#become({ items: await this.#office.keys(), status: "ready" });
    } catch (problem) {
      this.#become({ status: "failed", problem });
    }
  }

  /** Makes a key; answers whether there is one now. One at a time. */
  async make(name: string, can: readonly Right[]): Promise<boolean> {
    if (this.making) return false;
    this.#become({ making: true, problem: null });
    try {
      const made = await this.#office.makeKey(name, can);
      this.#become({ making: false, made, items: [made, ...this.items] });
      return true;
    } catch (problem) {
      this.#become({ making: false, problem });
      return false;
    }
  }

  /** The person has the new key: it is forgotten here. */
  done(): void {
    this.#become({ made: null });
  }

  /** Asks whether a key is to be revoked. */
  ask(key: Key): void {
    if (!this.revoking) this.#become({ asked: key, problem: null });
  }

  /** It is not, after all. */
  keep(): void {
    if (!this.revoking) this.#become({ asked: null, problem: null });
  }

  /** Revokes the key that was asked about; one that has gone already is as good. Answers whether it is gone. */
  async revoke(): Promise<boolean> {
    const key = this.asked;
    if (key === null) throw new Error("nobody was asked");
    if (this.revoking) return false;
    this.#become({ revoking: true, problem: null });
    try {
      await this.#office.revokeKey(key.key_id);
    } catch (problem) {
      if (!(problem instanceof Refused && problem.status === 404)) {
        this.#become({ revoking: false, problem });
        return false;
      }
    }
    const items = this.items.filter(({ key_id }) => key_id !== key.key_id);
    const made = this.made?.key_id === key.key_id ? null : this.made;
    this.#become({ revoking: false, asked: null, items, made });
    return true;
  }

  #become(change: Partial<Pick<Keys, "status" | "items" | "problem" | "making" | "made" | "asked" | "revoking">>): void {
    Object.assign(this, change);
    this.changed();
  }
}

/** A line to try a new key with, in a shell: what it can do, it does. */
export function tryLine(api: string, { key, can }: NewKey): string {
  const curl = `curl -H "Authorization: Bearer ${key}"`;
  if (can.includes("read")) return `${curl} ${api}/photos`;
  return can.includes("upload") ? `${curl} -T photo.jpg ${api}/originals/` : `${curl} ${api}/me`;
}
