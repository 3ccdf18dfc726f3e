/**
 * Who is signed in, and the token that proves it.
 *
 * The access token stays in memory; what renews it, and what a sign-in under way must remember, lies in the tab's
 * own storage. `oauth-client.ts` speaks to the identity provider; this module decides when.
 *
 *     starting -> signed-out <-> signed-in         (and from starting straight to signed-in)
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";

/** What the identity provider gives for a code or a refresh token. */
export interface TokenSet {
  readonly accessToken: string;
  /** What tells who the person is; null where the provider did not say. */
  readonly idToken: string | null;
  /** Milliseconds until the access token ends. */
  readonly expiresIn: number;
  /** Null where the provider goes on with the one it gave before. */
  readonly refreshToken: string | null;
  /** What to call the person, or null where the provider did not say. */
  readonly name: string | null;
}

/** What must be remembered while the person is away at the hosted sign-in. */
export interface PendingSignIn {
  readonly verifier: string;
  readonly state: string;
}

export interface IdentityProvider {
  /** A sign-in to begin: where to go, and what to remember. */
  startSignIn(): Promise<{ readonly address: string; readonly departure: PendingSignIn }>;
  /** Exchanges the code that came back in `address`. Throws `GrantRefused` if the provider says no. */
  exchangeCode(address: URL, departure: PendingSignIn): Promise<TokenSet>;
  /** A new access token. Throws `GrantRefused` if the refresh token is no good any more. */
  refresh(refreshToken: string): Promise<TokenSet>;
  /** Where to go to end the session at the provider too. */
  logoutUrl(): string;
}

export class GrantRejectedError extends Error {}

/** The part of the tab's storage that is needed. */
export interface TabStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export type SessionStatus = "starting" | "signed-out" | "signed-in";

const REFRESH_TOKEN_KEY = "tintype.refresh";
const NAME_KEY = "tintype.name";
const PENDING_SIGN_IN_KEY = "tintype.departure";

/** A token is renewed this long before it ends, ms. */
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
  /** What to call the person signed in. */
  name: string | null = null;
  /** True if the session ended without the person asking for it. */
  expired = false;

  constructor(identity: IdentityProvider, storage: TabStorage, clock: Clock) {
    super();
    this.#provider = identity;
    this.#storage = storage;
    this.#clock = clock;
  }

  /**
   * Finds out who is signed in when the page opens at `address`. Returns the query the person was at before
   * signing in, if they are just coming back from it, else null. Throws `GrantRefused` if that did not work out.
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

  /** The address of the hosted sign-in; afterwards the page returns to `query`. */
  async signIn(query: string): Promise<string> {
    const { address, departure } = await this.#provider.startSignIn();
    this.#storage.setItem(PENDING_SIGN_IN_KEY, JSON.stringify({ ...departure, query }));
    return address;
  }

  /** Forgets the person; returns the address that ends the session at the provider too. */
  signOut(): string {
    this.#clear(false);
    return this.#provider.logoutUrl();
  }

  /** A token good for a minute more, renewed if need be; null when nobody is signed in. */
  async accessToken(): Promise<string | null> {
    if (this.#accessToken === null) return null;
    if (this.#clock.now() < this.#expiresAt - RENEWAL_MARGIN) return this.#accessToken;
    return await this.#renew();
  }

  /** A token other than `refused`, which the API did not take; null, and signed out, if there is none. */
  async renewAccessToken(refused: string): Promise<string | null> {
    if (this.#accessToken !== refused) return await this.accessToken();
    return await this.#renew();
  }

  /** The id token that came with a token good for a minute more; for what is about the person themselves. */
  async idToken(): Promise<string | null> {
    return (await this.accessToken()) === null ? null : this.#idToken;
  }

  /** An id token other than `refused`; null if there is none. */
  async renewIdToken(refused: string): Promise<string | null> {
    if (this.#idToken === refused) await this.#renew();
    return await this.idToken();
  }

  async #completeSignIn(address: URL): Promise<string> {
    const kept = this.#storage.getItem(PENDING_SIGN_IN_KEY);
    this.#storage.removeItem(PENDING_SIGN_IN_KEY);
    if (kept === null) throw new GrantRejectedError("no sign-in was under way in this tab");
    const { query, ...departure } = JSON.parse(kept) as PendingSignIn & { query: string };
    this.#storeTokens(await this.#provider.exchangeCode(address, departure));
    return query;
  }

  /** Renews once, however many ask at the same time. */
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
      const grant = await this.#provider.refresh(refreshToken);
      if (this.#storage.getItem(REFRESH_TOKEN_KEY) !== refreshToken) return null;
      this.#storeTokens(grant);
      return this.#accessToken;
    } catch (problem) {
      if (!(problem instanceof GrantRejectedError)) throw problem;
      this.#clear(true);
      return null;
    }
  }

  #storeTokens(grant: TokenSet): void {
    this.#accessToken = grant.accessToken;
    this.#idToken = grant.idToken;
    this.#expiresAt = this.#clock.now() + grant.expiresIn;
    if (grant.refreshToken !== null) this.#storage.setItem(REFRESH_TOKEN_KEY, grant.refreshToken);
    if (grant.name !== null) this.#storage.setItem(NAME_KEY, grant.name);
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

/** Whether an address is the hosted sign-in sending somebody back. */
export function isSignInRedirect(address: URL): boolean {
  return address.searchParams.has("state") && (address.searchParams.has("code") || address.searchParams.has("error"));
}
