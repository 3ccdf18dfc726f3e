/**
 * Where the session of the user is stored between requests for tokens.
 *
 * On a user's own computer it is shared by all tabs and by the installed app. On a shared computer each tab has its own, which
 * ends with the tab.
 */
import type { PreferenceStorage } from "../core/preference-storage.ts";

export interface StoredSession {
  /** The id of the user, `sub` of their tokens. */
  readonly user: string;
  /** The user's display name, or null. */
  readonly name: string | null;
  /** Null if the session ended without a sign-out. */
  readonly refreshToken: string | null;
  /** Whether a page that was opened later has reported this end. */
  readonly reported?: boolean;
}

const SESSION_KEY = "tintype.session";
const SHARED_COMPUTER_KEY = "tintype.shared-computer";

export class SessionStore {
  readonly #tab: PreferenceStorage;
  readonly #device: PreferenceStorage;

  /** The storages of this tab, and of all tabs. */
  constructor(tab: PreferenceStorage, device: PreferenceStorage) {
    this.#tab = tab;
    this.#device = device;
  }

  read(): StoredSession | null {
    return parse(this.#storage.getItem(SESSION_KEY));
  }

  write(session: StoredSession): void {
    this.#storage.setItem(SESSION_KEY, JSON.stringify(session));
  }

  clear(): void {
    for (const storage of [this.#tab, this.#device]) storage.removeItem(SESSION_KEY);
  }

  /**
   * Whether others use this computer: sessions, the current one too, stay in their tab. One that is there stays, even if the
   * browser did not store the choice, or another tab has changed it: or nothing could sign it out any more.
   */
  get isSharedComputer(): boolean {
    return this.#device.getItem(SHARED_COMPUTER_KEY) === "on" || this.#tab.getItem(SESSION_KEY) !== null;
  }

  setSharedComputer(shared: boolean): void {
    const session = this.read();
    this.clear();
    if (shared) this.#device.setItem(SHARED_COMPUTER_KEY, "on");
    else this.#device.removeItem(SHARED_COMPUTER_KEY);
    if (session !== null) this.write(session);
  }

  get #storage(): PreferenceStorage {
    return this.isSharedComputer ? this.#tab : this.#device;
  }
}

/** The session in a stored text; null if there is none, or none that this version understands. */
function parse(text: string | null): StoredSession | null {
  if (text === null) return null;
  try {
    const { user, name, refreshToken, reported } = JSON.parse(text) as Record<string, unknown>;
    if (typeof user !== "string") return null;
    const session = {
      user,
      name: typeof name === "string" ? name : null,
      refreshToken: typeof refreshToken === "string" ? refreshToken : null,
    };
    return reported === true ? { ...session, reported } : session;
  } catch {
    return null;
  }
}
