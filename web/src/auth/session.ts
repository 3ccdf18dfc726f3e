/**
 * The session of the user: status, name and tokens.
 *
 * The access token stays in memory. The refresh token, and the data of a pending sign-in, are in the tab's session
 * storage. `oauth-client.ts` talks to the identity provider; this module decides when.
 *
 *     starting -> signed-out <-> signed-in         (also starting -> signed-in)
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";

/** The tokens for an authorization code or a refresh token. */
export interface TokenSet {
  readonly accessToken: string;
  /** Null if the provider returned none. */
  readonly idToken: string | null;
  /** Lifetime of the access token, ms. */
  readonly expiresIn: number;
  /** Null if the previous refresh token stays valid. */
  readonly refreshToken: string | null;
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
  /** The URL that ends the session at the provider. */
  logoutUrl(): string;
}

export class GrantRejectedError extends Error {}

/** The methods of `sessionStorage` that are needed. */
export interface TabStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export type SessionStatus = "starting" | "signed-out" | "signed-in";

const REFRESH_TOKEN_KEY = "tintype.refresh";
const NAME_KEY = "tintype.name";
const PENDING_SIGN_IN_KEY = "tintype.departure";

/** A token is renewed this long before it expires, ms. */
const RENEWAL_MARGIN = 60_000;

export class Session extends Observable {
  readonly #provider: IdentityProvider;
  readonly #storage: TabStorage;
  readonly #clock: Clock;
  #accessToken: string | null = null;
  #idToken: string | null = null;
  #expiresAt = 0;
  #renewal: Promise<string | null> | null = null;

  status: SessionStatus = "starting";
  /** The display name of the signed-in user. */
  name: string | null = null;
  /** True if the session ended without a sign-out. */
  expired = false;

  constructor(identity: IdentityProvider, storage: TabStorage, clock: Clock) {
    super();
    this.#provider = identity;
    this.#storage = storage;
    this.#clock = clock;
  }

  /**
   * Restores the session when the page opens at `address`. After a sign-in it returns the query from before it, else
   * null. Throws a `GrantRejectedError` if the sign-in failed.
   */
  async start(address: URL): Promise<string | null> {
    try {
      if (isSignInRedirect(address)) return await this.#completeSignIn(address);
      if (this.#storage.getItem(REFRESH_TOKEN_KEY) !== null) await this.#renew();
      return null;
    } finally {
      if (this.status === "starting") this.#setStatus("signed-out");
    }
  }

  /** The URL of the hosted sign-in; afterwards the page returns to `query`. */
  async signIn(query: string): Promise<string> {
    const { address, departure } = await this.#provider.startSignIn();
    this.#storage.setItem(PENDING_SIGN_IN_KEY, JSON.stringify({ ...departure, query }));
    return address;
  }

  /** Ends the session; returns the URL that ends it at the provider. */
  signOut(): string {
    this.#clear(false);
    return this.#provider.logoutUrl();
  }

  /** An access token valid for another minute, renewed if needed; null if the user is not signed in. */
  async accessToken(): Promise<string | null> {
    if (this.#accessToken === null) return null;
    if (this.#clock.now() < this.#expiresAt - RENEWAL_MARGIN) return this.#accessToken;
    return await this.#renew();
  }

  /** A token to replace `rejected`; null, and signed out, if it cannot be renewed. */
  async renewAccessToken(rejected: string): Promise<string | null> {
    if (this.#accessToken !== rejected) return await this.accessToken();
    return await this.#renew();
  }

  /** The id token that belongs to a valid access token; for routes about the user. */
  async idToken(): Promise<string | null> {
    return (await this.accessToken()) === null ? null : this.#idToken;
  }

  /** An id token to replace `rejected`; null if it cannot be renewed. */
  async renewIdToken(rejected: string): Promise<string | null> {
    if (this.#idToken === rejected) await this.#renew();
    return await this.idToken();
  }

  async #completeSignIn(address: URL): Promise<string> {
    const stored = this.#storage.getItem(PENDING_SIGN_IN_KEY);
    this.#storage.removeItem(PENDING_SIGN_IN_KEY);
    if (stored === null) throw new GrantRejectedError("no sign-in is pending in this tab");
    const { query, ...departure } = JSON.parse(stored) as PendingSignIn & { query: string };
    this.#storeTokens(await this.#provider.exchangeCode(address, departure));
    return isOwnQuery(query) ? query : "";
  }

  /** Renews the tokens; concurrent callers share one request. */
  #renew(): Promise<string | null> {
    this.#renewal ??= this.#renewNow().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renewNow(): Promise<string | null> {
    const refreshToken = this.#storage.getItem(REFRESH_TOKEN_KEY);
    if (refreshToken === null) {
      this.#clear(true);
      return null;
    }
    try {
      const tokens = await this.#provider.refresh(refreshToken);
      if (this.#storage.getItem(REFRESH_TOKEN_KEY) !== refreshToken) return null;
      this.#storeTokens(tokens);
      return this.#accessToken;
    } catch (error) {
      if (!(error instanceof GrantRejectedError)) throw error;
      this.#clear(true);
      return null;
    }
  }

  #storeTokens(tokens: TokenSet): void {
    this.#accessToken = tokens.accessToken;
    this.#idToken = tokens.idToken;
    this.#expiresAt = this.#clock.now() + tokens.expiresIn;
    if (tokens.refreshToken !== null) this.#storage.setItem(REFRESH_TOKEN_KEY, tokens.refreshToken);
    if (tokens.name !== null) this.#storage.setItem(NAME_KEY, tokens.name);
    this.name = this.#storage.getItem(NAME_KEY);
    this.expired = false;
    this.#setStatus("signed-in");
  }

  #clear(lapsed: boolean): void {
    for (const key of [REFRESH_TOKEN_KEY, NAME_KEY, PENDING_SIGN_IN_KEY]) this.#storage.removeItem(key);
    this.#accessToken = null;
    this.#idToken = null;
    this.name = null;
    this.expired = lapsed;
    this.#setStatus("signed-out");
  }

  #setStatus(status: SessionStatus): void {
    const before = this.status;
    this.status = status;
    if (before !== status) this.notifyWatchers();
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
