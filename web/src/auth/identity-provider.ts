/**
 * The hosted sign-in, whose protocol is loaded when somebody signs in or is signed in still: whoever only looks at
 * the public gallery does without.
 */
import type { IdentityConfig } from "../core/config.ts";
import { part } from "../core/lazy-import.ts";
import type { Grants } from "./oauth-client.ts";
import type { Departure, Grant, Identity } from "./session.ts";

const loadIdentity = part(() => import("./oauth-client.ts"));

export class HostedIdentity implements Identity {
  readonly #config: IdentityConfig;

  constructor(config: IdentityConfig) {
    this.#config = config;
  }

  async depart(): Promise<{ address: string; departure: Departure }> {
    return await (await this.#grants()).depart();
  }

  async exchange(address: URL, departure: Departure): Promise<Grant> {
    return await (await this.#grants()).exchange(address, departure);
  }

  async renew(refreshToken: string): Promise<Grant> {
    return await (await this.#grants()).renew(refreshToken);
  }

  logoutAddress(): string {
    const address = new URL(this.#config.logout);
    address.searchParams.set("client_id", this.#config.client_id);
    address.searchParams.set("logout_uri", this.#config.redirect_uri);
    return address.href;
  }

  async #grants(): Promise<Grants> {
    const { Grants } = await loadIdentity();
    return new Grants(this.#config);
  }
}
