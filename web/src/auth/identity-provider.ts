/**
 * The hosted sign-in. Its OAuth client is loaded on first use, so visitors of the public gallery never load it.
 */
import type { IdentityConfig } from "../core/config.ts";
import { lazyImport } from "../core/lazy-import.ts";
import type { OAuthClient } from "./oauth-client.ts";
import type { PendingSignIn, TokenSet, IdentityProvider } from "./session.ts";

const loadOAuthClient = lazyImport(() => import("./oauth-client.ts"));

export class HostedIdentityProvider implements IdentityProvider {
  readonly #config: IdentityConfig;

  constructor(config: IdentityConfig) {
    this.#config = config;
  }

  async startSignIn(): Promise<{ address: string; departure: PendingSignIn }> {
    return await (await this.#client()).startSignIn();
  }

  async exchangeCode(address: URL, departure: PendingSignIn): Promise<TokenSet> {
    return await (await this.#client()).exchangeCode(address, departure);
  }

  async refresh(refreshToken: string): Promise<TokenSet> {
    return await (await this.#client()).refresh(refreshToken);
  }

  async revoke(refreshToken: string): Promise<void> {
    await (await this.#client()).revoke(refreshToken);
  }

  logoutUrl(): string {
    const address = new URL(this.#config.logout);
    address.searchParams.set("client_id", this.#config.client_id);
    address.searchParams.set("logout_uri", this.#config.redirect_uri);
    return address.href;
  }

  async #client(): Promise<OAuthClient> {
    const { OAuthClient } = await loadOAuthClient();
    return new OAuthClient(this.#config);
  }
}
