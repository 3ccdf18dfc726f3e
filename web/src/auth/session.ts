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
export interface Grant {
  readonly accessToken: string;
  /** What tells who the person is; null where the provider did not say. */
  readonly idToken: string | null;
  /** Milliseconds until the access token ends. */
  readonly lifetime: number;
  /** Null where the provider goes on with the one it gave before. */
  readonly refreshToken: string | null;
  /** What to call the person, or null where the provider did not say. */
  readonly name: string | null;
}

/** What must be remembered while the person is away at the hosted sign-in. */
export interface Departure {
  readonly verifier: string;
  readonly state: string;
}

export interface Identity {
  /** A sign-in to begin: where to go, and what to remember. */
  depart(): Promise<{ readonly address: string; readonly departure: Departure }>;
  /** Exchanges the code that came back in `address`. Throws `GrantRefused` if the provider says no. */
  exchange(address: URL, departure: Departure): Promise<Grant>;
  /** A new access token. Throws `GrantRefused` if the refresh token is no good any more. */
  renew(refreshToken: string): Promise<Grant>;
  /** Where to go to end the session at the provider too. */
  logoutAddress(): string;
}

export class GrantRefused extends Error {}

/** The part of the tab's storage that is needed. */
export interface TabStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export type SessionStatus = "starting" | "signed-out" | "signed-in";

const REFRESH = "tintype.refresh";
const NAME = "tintype.name";
const DEPARTURE = "tintype.departure";

/** A token is renewed this long before it ends, ms. */
const MARGIN = 60_000;

export class Session extends Observable {
  readonly #identity: Identity;
  readonly #storage: TabStorage;
  readonly #clock: Clock;
  #accessToken: string | null = null;
  #idToken: string | null = null;
  #endsAt = 0;
  #renewal: Promise<string | null> | null = null;

  status: SessionStatus = "starting";
  /** What to call the person signed in. */
  name: string | null = null;
  /** True if the session ended without the person asking for it. */
  lapsed = false;

  constructor(identity: Identity, storage: TabStorage, clock: Clock) {
    super();
    this.#identity = identity;
    this.#storage = storage;
    this.#clock = clock;
  }

  /**
   * Finds out who is signed in when the page opens at `address`. Returns the query the person was at before
   * signing in, if they are just coming back from it, else null. Throws `GrantRefused` if that did not work out.
   */
  async start(address: URL): Promise<string | null> {
    try {
      if (isReturn(address)) return await this.#arrive(address);
      if (this.#storage.getItem(REFRESH) !== null) await this.#renew();
      return null;
    } finally {
      if (this.status === "starting") this.#become("signed-out");
    }
  }

  /** The address of the hosted sign-in; afterwards the page returns to `query`. */
  async signIn(query: string): Promise<string> {
    const { address, departure } = await this.#identity.depart();
    this.#storage.setItem(DEPARTURE, JSON.stringify({ ...departure, query }));
    return address;
  }

  /** Forgets the person; returns the address that ends the session at the provider too. */
  signOut(): string {
    this.#forget(false);
    return this.#identity.logoutAddress();
  }

  /** A token good for a minute more, renewed if need be; null when nobody is signed in. */
  async token(): Promise<string | null> {
    if (this.#accessToken === null) return null;
    if (this.#clock.now() < this.#endsAt - MARGIN) return this.#accessToken;
    return await this.#renew();
  }

  /** A token other than `refused`, which the API did not take; null, and signed out, if there is none. */
  async tokenAfter(refused: string): Promise<string | null> {
    if (this.#accessToken !== refused) return await this.token();
    return await this.#renew();
  }

  /** The id token that came with a token good for a minute more; for what is about the person themselves. */
  async proof(): Promise<string | null> {
    return (await this.token()) === null ? null : this.#idToken;
  }

  /** An id token other than `refused`; null if there is none. */
  async proofAfter(refused: string): Promise<string | null> {
    if (this.#idToken === refused) await this.#renew();
    return await this.proof();
  }

  async #arrive(address: URL): Promise<string> {
    const kept = this.#storage.getItem(DEPARTURE);
    this.#storage.removeItem(DEPARTURE);
    if (kept === null) throw new GrantRefused("no sign-in was under way in this tab");
    const { query, ...departure } = JSON.parse(kept) as Departure & { query: string };
    this.#take(await this.#identity.exchange(address, departure));
    return query;
  }

  /** Renews once, however many ask at the same time. */
  #renew(): Promise<string | null> {
    this.#renewal ??= this.#renewOnce().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renewOnce(): Promise<string | null> {
    const refreshToken = this.#storage.getItem(REFRESH);
    if (refreshToken === null) {
      this.#forget(true);
      return null;
    }
    try {
      const grant = await this.#identity.renew(refreshToken);
      if (this.#storage.getItem(REFRESH) !== refreshToken) return null;
      this.#take(grant);
      return this.#accessToken;
    } catch (problem) {
      if (!(problem instanceof GrantRefused)) throw problem;
      this.#forget(true);
      return null;
    }
  }

  #take(grant: Grant): void {
    this.#accessToken = grant.accessToken;
    this.#idToken = grant.idToken;
    this.#endsAt = this.#clock.now() + grant.lifetime;
    if (grant.refreshToken !== null) this.#storage.setItem(REFRESH, grant.refreshToken);
    if (grant.name !== null) this.#storage.setItem(NAME, grant.name);
    this.name = this.#storage.getItem(NAME);
    this.lapsed = false;
    this.#become("signed-in");
  }

  #forget(lapsed: boolean): void {
    for (const key of [REFRESH, NAME, DEPARTURE]) this.#storage.removeItem(key);
    this.#accessToken = null;
    this.#idToken = null;
    this.name = null;
    this.lapsed = lapsed;
    this.#become("signed-out");
  }

  #become(status: SessionStatus): void {
    const before = this.status;
    this.status = status;
    if (before !== status) this.changed();
  }
}

/** Whether an address is the hosted sign-in sending somebody back. */
export function isReturn(address: URL): boolean {
  return address.searchParams.has("state") && (address.searchParams.has("code") || address.searchParams.has("error"));
}
