/**
 * The session of the user: status, name and tokens.
 *
 * The access token stays in memory. What new tabs need is in the `SessionStore`, and the data of a pending sign-in in the tab.
 * All tabs with the same session follow each other: they renew one at a time, since a refresh token may be valid only once, and
 * sign in and out together. `oauth-client.ts` talks to the identity provider; this module decides when.
 *
 *     starting -> signed-out -> signed-in -> signed-out, over         (also starting -> signed-in)
 *
 * After a sign-out, or the sign-in of another user in another tab, the session is over: it follows nothing any more and returns no
 * token, so that nothing of one user reaches the next. The page has to start over, as a new document.
 *
 * A session that ends while the page is open, because the provider does not renew it, stays `signed-in` and is `expired`: the
 * page keeps what it shows, and requests throw a `SignedOutError` until the user signs in again.
 */
import type { Clock } from "../core/clock.ts";
import { SignedOutError, StorageError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import type { PreferenceStorage } from "../core/preference-storage.ts";
import type { SessionStore, StoredSession } from "./session-store.ts";

/** The tokens for an authorization code or a refresh token. */
export interface TokenSet {
  readonly accessToken: string;
  /** Null if the provider returned none. */
  readonly idToken: string | null;
  /** Lifetime of the access token, ms. */
  readonly expiresIn: number;
  /** Null if the previous refresh token stays valid. */
  readonly refreshToken: string | null;
  /** The id of the user, or null if the provider returned none. */
  readonly user: string | null;
  /** The user's display name, or null if the provider returned none. */
  readonly name: string | null;
}

/** What the page stores while the user is at the hosted sign-in. */
export interface PendingSignIn {
  readonly verifier: string;
  readonly state: string;
}

export interface IdentityProvider {
  /** Starts a sign-in: the URL to open, and what to store until the user returns. */
  startSignIn(): Promise<{ readonly address: string; readonly departure: PendingSignIn }>;
  /** Exchanges the code in the redirect URL. Throws a `GrantRejectedError` if the provider rejects it. */
  exchangeCode(address: URL, departure: PendingSignIn): Promise<TokenSet>;
  /** New tokens. Throws a `GrantRejectedError` if the refresh token is no longer valid. */
  refresh(refreshToken: string): Promise<TokenSet>;
  /** Ends a refresh token; throws if the provider is unreachable. */
  revoke(refreshToken: string): Promise<void>;
  /** The URL that ends the session at the provider. */
  logoutUrl(): string;
}

export class GrantRejectedError extends Error {}

/** The storage of this tab. */
export interface TabStorage extends PreferenceStorage {
  /** Returns whether the browser has stored the value. */
  setItem(key: string, value: string): boolean;
}

/** Runs an action while no other tab runs one. */
export type RunExclusively = <Result>(action: () => Promise<Result>) => Promise<Result>;

export type SessionStatus = "starting" | "signed-out" | "signed-in";

const PENDING_SIGN_IN_KEY = "tintype.departure";

/** A token is renewed this long before it expires, ms. */
const RENEWAL_MARGIN = 60_000;

interface Tokens {
  readonly access: string;
  readonly id: string | null;
  readonly expiresAt: number;
}

export interface SessionParts {
  readonly provider: IdentityProvider;
  readonly store: SessionStore;
  readonly tab: TabStorage;
  readonly runExclusively: RunExclusively;
  readonly clock: Clock;
}

export class Session extends Observable {
  readonly #parts: SessionParts;
  #tokens: Tokens | null = null;
  #renewal: Promise<string | null> | null = null;

  status: SessionStatus = "starting";
  /** The id of the signed-in user. */
  user: string | null = null;
  /** The display name of the signed-in user. */
  name: string | null = null;
  /** True if the session ended without a sign-out. */
  expired = false;
  /** True once the user has signed out, or another one has signed in: the page must not show its photos any more. */
  isOver = false;

  constructor(parts: SessionParts) {
    super();
    this.#parts = parts;
  }

  /**
   * Restores the session when the page opens at `address`. After a sign-in it returns the query from before it, else
   * null. Throws a `GrantRejectedError` if the sign-in failed, and other errors if the provider is unreachable: then the user
   * is signed in, and tokens are requested again when they are needed.
   */
  async start(address: URL): Promise<string | null> {
    try {
      if (isSignInRedirect(address)) return await this.#completeSignIn(address);
      await this.#restore();
      return null;
    } catch (error) {
      // Whoever was signed in before still is.
      if (this.user === null) await this.#restore();
      throw error;
    } finally {
      if (this.status === "starting") this.#set(this.user === null ? "signed-out" : "signed-in", this.#identity, this.expired);
    }
  }

  /** The URL of the hosted sign-in; afterwards the page returns to `query`. Throws a `StorageError` if nothing can be stored. */
  async signIn(query: string): Promise<string> {
    const { address, departure } = await this.#parts.provider.startSignIn();
    if (!this.#parts.tab.setItem(PENDING_SIGN_IN_KEY, JSON.stringify({ ...departure, query }))) throw new StorageError();
    return address;
  }

  /** Ends the session, in all tabs; returns the URL that ends it at the provider. The refresh token ends by itself if that is unreachable. */
  async signOut(): Promise<string> {
    const { provider, store } = this.#parts;
    const refreshToken = store.read()?.refreshToken ?? null;
    store.clear();
    this.#clear();
    if (refreshToken !== null) await provider.revoke(refreshToken).catch(() => undefined);
    return provider.logoutUrl();
  }

  /** Whether others use this computer: then the session is of this tab and ends with it. */
  get isSharedComputer(): boolean {
    return this.#parts.store.isSharedComputer;
  }

  setSharedComputer(shared: boolean): void {
    this.#parts.store.setSharedComputer(shared);
  }

  /** Follows what other tabs have stored: a sign-in, a sign-out, the end of the session. */
  sync(): void {
    if (this.isOver) return;
    const stored = this.#parts.store.read();
    if (stored === null || (this.user !== null && stored.user !== this.user)) {
      this.#clear();
    } else if (stored.refreshToken === null) {
      if (stored.user === this.user && !this.expired) this.#expire();
    } else if (stored.user !== this.user || this.expired) {
      this.#tokens = null;
      this.#set("signed-in", stored);
    }
  }

  /**
   * An access token valid for another minute, renewed if needed; null if the user is not signed in. Throws a
   * `SignedOutError` if the session has ended, or ends meanwhile: what a user asks for is never requested without a token.
   */
  async accessToken(): Promise<string | null> {
    if (this.status !== "signed-in" && !this.isOver) return null;
    if (this.expired || this.isOver) throw new SignedOutError();
    const tokens = this.#tokens;
    if (tokens !== null && this.#parts.clock.now() < tokens.expiresAt - RENEWAL_MARGIN) return tokens.access;
    const token = await this.#renew();
    if (token === null) throw new SignedOutError();
    return token;
  }

  /** A token to replace `rejected`; null if it cannot be renewed. */
  async renewAccessToken(rejected: string): Promise<string | null> {
    if (this.#tokens?.access !== rejected) return await this.accessToken();
    return await this.#renew();
  }

  /** The id token that belongs to a valid access token; for routes about the user. */
  async idToken(): Promise<string | null> {
    return (await this.accessToken()) === null ? null : (this.#tokens?.id ?? null);
  }

  /** An id token to replace `rejected`; null if it cannot be renewed. */
  async renewIdToken(rejected: string): Promise<string | null> {
    if (this.#tokens?.id === rejected && (await this.#renew()) === null) return null;
    return await this.idToken();
  }

  async #completeSignIn(address: URL): Promise<string> {
    const { tab, provider } = this.#parts;
    const stored = tab.getItem(PENDING_SIGN_IN_KEY);
    tab.removeItem(PENDING_SIGN_IN_KEY);
    if (stored === null) throw new GrantRejectedError("no sign-in is pending in this tab");
    const { query, ...departure } = JSON.parse(stored) as PendingSignIn & { query: string };
    this.#accept(await provider.exchangeCode(address, departure), null);
    return isOwnQuery(query) ? query : "";
  }

  async #restore(): Promise<void> {
    const stored = this.#parts.store.read();
    if (stored === null) return;
    if (stored.refreshToken === null) {
      this.expired = !stored.reported;
      // It stays stored: pages that were open are still this user's, and follow a sign-out.
      this.#parts.store.write({ ...stored, reported: true });
      return;
    }
    ({ user: this.user, name: this.name } = stored);
    await this.#renew();
  }

  /** Renews the tokens; concurrent callers share one request, and other tabs wait for it. */
  #renew(): Promise<string | null> {
    this.#renewal ??= this.#parts
      .runExclusively(() => this.#renewNow())
      .finally(() => {
        this.#renewal = null;
      });
    return this.#renewal;
  }

  async #renewNow(): Promise<string | null> {
    const { provider, store } = this.#parts;
    const stored = store.read();
    if (stored?.refreshToken == null || stored.user !== this.user) {
      this.sync();
      return null;
    }
    try {
      const tokens = await provider.refresh(stored.refreshToken);
      const current = store.read();
      if (!this.isOver && current?.user === stored.user)
        return this.#accept(tokens, current.refreshToken === null ? stored : current, stored.refreshToken);
    } catch (error) {
      if (!(error instanceof GrantRejectedError)) throw error;
      const current = store.read();
      // Renewed by a tab that did not wait for this one.
      if (current?.user === stored.user && current.refreshToken !== stored.refreshToken) return await this.#renewNow();
      if (current !== null) store.write({ ...stored, refreshToken: null });
    }
    // The session has ended, or other tabs have signed out or signed in another user.
    this.sync();
    return null;
  }

  /**
   * Uses new tokens; `before` is the session that they continue, or null after a sign-in. They are stored unless another tab has
   * stored newer ones than `renewed`, the refresh token that they were requested with.
   */
  #accept(tokens: TokenSet, before: StoredSession | null, renewed: string | null = null): string {
    const session = {
      user: tokens.user ?? before?.user ?? "",
      name: tokens.name ?? before?.name ?? null,
      refreshToken: tokens.refreshToken ?? before?.refreshToken ?? null,
    };
    if (before === null || before.refreshToken === renewed) this.#parts.store.write(session);
    this.#tokens = { access: tokens.accessToken, id: tokens.idToken, expiresAt: this.#parts.clock.now() + tokens.expiresIn };
    this.#set("signed-in", session);
    return tokens.accessToken;
  }

  /** Ends the session; a page that is open stays as it is, so that nothing is lost. */
  #expire(): void {
    const isOpen = this.status === "signed-in";
    this.#tokens = null;
    this.#set(isOpen ? "signed-in" : "signed-out", isOpen ? this.#identity : null, true);
  }

  #clear(): void {
    this.#tokens = null;
    this.isOver = this.user !== null || this.isOver;
    this.#set("signed-out", null);
  }

  #set(status: SessionStatus, session: Pick<StoredSession, "user" | "name"> | null, expired = false): void {
    const isChanged = status !== this.status || expired !== this.expired || (session?.user ?? null) !== this.user;
    this.status = status;
    this.user = session?.user ?? null;
    this.name = session?.name ?? null;
    this.expired = expired;
    if (isChanged) this.notifyWatchers();
  }

  get #identity(): Pick<StoredSession, "user" | "name"> | null {
    return this.user === null ? null : { user: this.user, name: this.name };
  }
}

/** Whether a string is a query or a hash: added to the URL of the page, it leads nowhere else. */
function isOwnQuery(text: string): boolean {
  return /^[?#]/.test(text);
}

/** Whether a URL is the redirect from the hosted sign-in. */
export function isSignInRedirect(address: URL): boolean {
  return address.searchParams.has("state") && (address.searchParams.has("code") || address.searchParams.has("error"));
}
