/**
 * The user's API keys: the list, the key just created, and the key about to be revoked.
 *
 * The API returns the secret of a new key once. It is held here, and nowhere else, until the user has copied it.
 */
import type { components } from "../api/schema.d.ts";
import { HttpError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import { apiKeyStrings } from "../i18n/api-keys.ts";
import { formatDateTime } from "../i18n/format.ts";

export type ApiKey = components["schemas"]["ApiKey"];
/** A new key with its secret, which the API returns only once. */
export type NewApiKey = components["schemas"]["NewApiKey"];
export type Permission = ApiKey["can"][number];
/** The API records the use of a key at most this often, ms. */
const USE_INTERVAL = 600_000;
export const PERMISSIONS: readonly Permission[] = ["read", "upload", "manage", "share"];

/** The API routes for keys. */
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
  /** The last error, or null. */
  error: unknown = null;
  creating = false;
  /** The key that was just created, with its secret. */
  created: NewApiKey | null = null;
  /** The key to revoke, while the user is asked to confirm. */
  toRevoke: ApiKey | null = null;
  revoking = false;

  constructor(api: ApiKeyApi) {
    super();
    this.#api = api;
  }

  /** Loads the list. */
  async load(): Promise<void> {
    this.#update({ status: "loading", error: null });
    try {
      this.#update({ items: await this.#api.listKeys(), status: "ready" });
    } catch (error) {
      this.#update({ status: "failed", error });
    }
  }

  /** Creates a key, one at a time; returns whether it did. */
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

  /** Discards the secret of the new key. */
  dismissCreated(): void {
    this.#update({ created: null });
  }

  /** Asks the user to confirm that a key should be revoked. */
  askToRevoke(key: ApiKey): void {
    if (!this.revoking) this.#update({ toRevoke: key, error: null });
  }

  /** Cancels the confirmation. */
  cancelRevoke(): void {
    if (!this.revoking) this.#update({ toRevoke: null, error: null });
  }

  /** Revokes the confirmed key; returns whether it did. A key that no longer exists counts as revoked. */
  async revoke(): Promise<boolean> {
    const key = this.toRevoke;
    if (key === null) throw new Error("no key to revoke");
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

/** A curl command that tries a new key with something it may do. */
export function curlExample(api: string, { key, can }: NewApiKey): string {
  const curl = `curl -H "Authorization: Bearer ${key}"`;
  if (can.includes("read")) return `${curl} ${api}/photos`;
  return can.includes("upload") ? `${curl} -T photo.jpg ${api}/originals/` : `${curl} ${api}/me`;
}

/** The command that copies the whole library with a new key, null if the key may not read it. */
export function exportCommand(api: string, { key, can }: NewApiKey): string | null {
  return can.includes("read") ? `TINTYPE_URL=${api} TINTYPE_KEY=${key} tintype export --to tintype-export` : null;
}

/** Formats `last_used` as exactly as the API knows it: the latest use may be ten minutes later. */
export function formatLastUse(used: string | null, now: number): string {
  if (used === null) return apiKeyStrings.neverUsed;
  const time = Date.parse(used);
  return now < time + USE_INTERVAL ? apiKeyStrings.usedRecently : apiKeyStrings.lastUsed(formatDateTime(time));
}
