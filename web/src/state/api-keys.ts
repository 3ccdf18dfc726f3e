/**
 * One's own API keys: the list of them, one being made, one about to be revoked.
 *
 * The library tells a new key once. It is held here until the person says they have it, and nowhere else.
 */
import { HttpError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";

export type Permission = "read" | "upload" | "manage";
export const PERMISSIONS: readonly Permission[] = ["read", "upload", "manage"];

export interface ApiKey {
  readonly key_id: string;
  readonly name: string;
  readonly can: readonly Permission[];
  readonly created_at: string;
  readonly last_used: string | null;
}

/** A key as the library tells it once, with what lets a script in. */
export interface NewApiKey extends ApiKey {
  readonly key: string;
}

/** The library's part. */
export interface ApiKeyApi {
  listKeys(): Promise<readonly ApiKey[]>;
  createKey(name: string, can: readonly Permission[]): Promise<NewApiKey>;
  revokeKey(keyId: string): Promise<void>;
}

export type ApiKeysStatus = "loading" | "ready" | "failed";

export class ApiKeys extends Observable {
  readonly #api: ApiKeyApi;

  status: ApiKeysStatus = "loading";
  items: readonly ApiKey[] = [];
  /** What went wrong last, or null. */
  error: unknown = null;
  creating = false;
  /** The key that was just made. */
  created: NewApiKey | null = null;
  /** The key that the person is asked about before it is revoked. */
  toRevoke: ApiKey | null = null;
  revoking = false;

  constructor(office: ApiKeyApi) {
    super();
    this.#api = office;
  }

  /** Loads the list; once more after it failed. */
  async load(): Promise<void> {
    this.#update({ status: "loading", error: null });
    try {
      this.#update({ items: await this.#api.listKeys(), status: "ready" });
    } catch (error) {
      this.#update({ status: "failed", error });
    }
  }

  /** Makes a key; answers whether there is one now. One at a time. */
  async create(name: string, can: readonly Permission[]): Promise<boolean> {
    if (this.creating) return false;
    this.#update({ creating: true, error: null });
    try {
      const created = await this.#api.createKey(name, can);
      this.#update({ creating: false, created, items: [created, ...this.items] });
      return true;
    } catch (error) {
      this.#update({ creating: false, error });
      return false;
    }
  }

  /** The person has the new key: it is forgotten here. */
  dismissCreated(): void {
    this.#update({ created: null });
  }

  /** Asks whether a key is to be revoked. */
  askToRevoke(key: ApiKey): void {
    if (!this.revoking) this.#update({ toRevoke: key, error: null });
  }

  /** It is not, after all. */
  cancelRevoke(): void {
    if (!this.revoking) this.#update({ toRevoke: null, error: null });
  }

  /** Revokes the key that was asked about; one that has gone already is as good. Answers whether it is gone. */
  async revoke(): Promise<boolean> {
    const key = this.toRevoke;
    if (key === null) throw new Error("nobody was asked");
    if (this.revoking) return false;
    this.#update({ revoking: true, error: null });
    try {
      await this.#api.revokeKey(key.key_id);
    } catch (error) {
      if (!(error instanceof HttpError && error.status === 404)) {
        this.#update({ revoking: false, error });
        return false;
      }
    }
    const items = this.items.filter(({ key_id }) => key_id !== key.key_id);
    const created = this.created?.key_id === key.key_id ? null : this.created;
    this.#update({ revoking: false, toRevoke: null, items, created });
    return true;
  }

  #update(change: Partial<Pick<ApiKeys, "status" | "items" | "error" | "creating" | "created" | "toRevoke" | "revoking">>): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}

/** A line to try a new key with, in a shell: what it can do, it does. */
export function curlExample(api: string, { key, can }: NewApiKey): string {
  const curl = `curl -H "Authorization: Bearer ${key}"`;
  if (can.includes("read")) return `${curl} ${api}/photos`;
  return can.includes("upload") ? `${curl} -T photo.jpg ${api}/originals/` : `${curl} ${api}/me`;
}
