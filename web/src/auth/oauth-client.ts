/**
 * The identity provider: OAuth 2 code flow with PKCE (RFC 6749, RFC 7636) against the endpoints in `config.json`.
 *
 * Loaded by `identity-provider.ts` when it is needed. The endpoints are told, not discovered: a library on a laptop issues tokens
 * in the name of the cloud's issuer.
 */
import * as oauth from "oauth4webapi";

import type { IdentityConfig } from "../core/config.ts";
import { NetworkError } from "../core/errors.ts";
import { type PendingSignIn, type TokenSet, GrantRejectedError, type IdentityProvider } from "./session.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** How wrong this computer's clock may be, s: the library judges tokens by its own, and here only a name is read from them. */
const CLOCK_TOLERANCE = 86_400;

/** Milliseconds a token is taken to live if the provider does not say. */
const DEFAULT_LIFETIME = 3_600_000;

export class OAuthClient implements Omit<IdentityProvider, "logoutUrl"> {
  readonly #config: IdentityConfig;
  readonly #server: oauth.AuthorizationServer;
  readonly #client: oauth.Client;
  readonly #options: oauth.TokenEndpointRequestOptions;

  constructor(config: IdentityConfig) {
    this.#config = config;
    this.#server = {
      issuer: config.issuer,
      authorization_endpoint: config.authorize,
      token_endpoint: config.token,
      end_session_endpoint: config.logout,
    };
    this.#client = { client_id: config.client_id, [oauth.clockTolerance]: CLOCK_TOLERANCE };
    // Marked deprecated only to stand out; it is for a library on this very computer.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    this.#options = { [oauth.allowInsecureRequests]: LOOPBACK.has(new URL(config.token).hostname) };
  }

  async startSignIn(): Promise<{ address: string; departure: PendingSignIn }> {
    const departure = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState() };
    const address = new URL(this.#config.authorize);
    const asked = {
      response_type: "code",
      client_id: this.#config.client_id,
      redirect_uri: this.#config.redirect_uri,
      scope: this.#config.scopes.join(" "),
      state: departure.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(departure.verifier),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
    return { address: address.href, departure };
  }

  async exchangeCode(address: URL, { verifier, state }: PendingSignIn): Promise<TokenSet> {
    return await translateErrors(async () => {
      const returned = oauth.validateAuthResponse(this.#server, this.#client, address, state);
      const response = await oauth.authorizationCodeGrantRequest(
        this.#server,
        this.#client,
        oauth.None(),
        returned,
        this.#config.redirect_uri,
        verifier,
        this.#options,
      );
      return toTokenSet(await oauth.processAuthorizationCodeResponse(this.#server, this.#client, response));
    });
  }

  async refresh(refreshToken: string): Promise<TokenSet> {
    return await translateErrors(async () => {
      const response = await oauth.refreshTokenGrantRequest(
        this.#server,
        this.#client,
        oauth.None(),
        refreshToken,
        this.#options,
      );
      return toTokenSet(await oauth.processRefreshTokenResponse(this.#server, this.#client, response));
    });
  }
}

/** Tells a provider that says no from one that does not answer; only the first ends a session. */
async function translateErrors(ask: () => Promise<TokenSet>): Promise<TokenSet> {
  try {
    return await ask();
  } catch (problem) {
    const refused =
      problem instanceof oauth.AuthorizationResponseError ||
      (problem instanceof oauth.ResponseBodyError && problem.status < 500) ||
      (problem instanceof oauth.OperationProcessingError && problem.code !== oauth.RESPONSE_IS_NOT_CONFORM);
    if (refused) throw new GrantRejectedError(problem.message, { cause: problem });
    if (problem instanceof TypeError) throw new NetworkError("no answer", { cause: problem });
    throw problem;
  }
}

function toTokenSet(response: oauth.TokenEndpointResponse): TokenSet {
  const claims = oauth.getValidatedIdTokenClaims(response);
  const email = claims?.email;
  return {
    accessToken: response.access_token,
    idToken: response.id_token ?? null,
    expiresIn: response.expires_in === undefined ? DEFAULT_LIFETIME : response.expires_in * 1000,
    refreshToken: response.refresh_token ?? null,
    name: typeof email === "string" ? email : null,
  };
}
