/**
 * The OAuth 2 authorization code flow with PKCE (RFC 6749, RFC 7636) against the endpoints in `config.json`.
 *
 * Loaded lazily by `identity-provider.ts`. There is no discovery, because a local library issues tokens under the
 * cloud's issuer.
 */
import * as oauth from "oauth4webapi";

import type { IdentityConfig } from "../core/config.ts";
import { NetworkError } from "../core/errors.ts";
import { type PendingSignIn, type TokenSet, GrantRejectedError, type IdentityProvider } from "./session.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Tolerated error of this computer's clock, s: the API validates tokens; the page only reads a name from them. */
const CLOCK_TOLERANCE = 86_400;

/** Time limit of a request for tokens, ms: other tabs wait for it. */
const TIMEOUT = 20_000;

/** Time limit of a revocation, ms: a user who signs out waits for it. */
const REVOCATION_TIMEOUT = 3000;

/** The lifetime of a token if the response has none, ms. */
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
      revocation_endpoint: config.revoke,
      end_session_endpoint: config.logout,
    };
    this.#client = { client_id: config.client_id, [oauth.clockTolerance]: CLOCK_TOLERANCE };
    this.#options = {
      // Marked deprecated only to stand out; it is for a local library.
      // oxlint-disable-next-line typescript/no-deprecated
      [oauth.allowInsecureRequests]: LOOPBACK.has(new URL(config.token).hostname),
      signal: () => AbortSignal.timeout(TIMEOUT),
    };
  }

  async startSignIn(): Promise<{ address: string; departure: PendingSignIn }> {
    const departure = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState() };
    const address = new URL(this.#config.authorize);
    const parameters = {
      response_type: "code",
      client_id: this.#config.client_id,
      redirect_uri: this.#config.redirect_uri,
      scope: this.#config.scopes.join(" "),
      state: departure.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(departure.verifier),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
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

  async revoke(refreshToken: string): Promise<void> {
    const options = { ...this.#options, signal: AbortSignal.timeout(REVOCATION_TIMEOUT) };
    await oauth.revocationRequest(this.#server, this.#client, oauth.None(), refreshToken, options);
  }

  async refresh(refreshToken: string): Promise<TokenSet> {
    return await translateErrors(async () => {
      const response = await oauth.refreshTokenGrantRequest(this.#server, this.#client, oauth.None(), refreshToken, this.#options);
      return toTokenSet(await oauth.processRefreshTokenResponse(this.#server, this.#client, response));
    });
  }
}

/** Turns a rejection by the provider into a `GrantRejectedError`, which ends the session, and a failed request into a `NetworkError`, which does not. */
async function translateErrors(request: () => Promise<TokenSet>): Promise<TokenSet> {
  try {
    return await request();
  } catch (error) {
    const isRejected =
      error instanceof oauth.AuthorizationResponseError ||
      (error instanceof oauth.ResponseBodyError && error.status < 500) ||
      (error instanceof oauth.OperationProcessingError && error.code !== oauth.RESPONSE_IS_NOT_CONFORM);
    if (isRejected) throw new GrantRejectedError(error.message, { cause: error });
    if (error instanceof TypeError || isTimeout(error)) throw new NetworkError("no response", { cause: error });
    throw error;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

function toTokenSet(response: oauth.TokenEndpointResponse): TokenSet {
  const claims = oauth.getValidatedIdTokenClaims(response);
  const email = claims?.email;
  return {
    accessToken: response.access_token,
    idToken: response.id_token ?? null,
    expiresIn: response.expires_in === undefined ? DEFAULT_LIFETIME : response.expires_in * 1000,
    refreshToken: response.refresh_token ?? null,
    user: claims?.sub ?? null,
    name: typeof email === "string" ? email : null,
  };
}
