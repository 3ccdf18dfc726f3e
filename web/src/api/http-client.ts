/**
 * Sends requests to the library's API.
 *
 * A request waits for its turn (`rate-limiter.ts`). It is sent again after 429 and 503 as `Retry-After` asks, and what has the
 * same effect twice after any 5xx with `Retry-After`. Every failure becomes an error of `core/errors.ts`.
 */
import { Backoff, parseRetryAfter } from "../core/backoff.ts";
import { type Clock, wait } from "../core/clock.ts";
import { HttpError, NetworkError } from "../core/errors.ts";
import { RateLimiter } from "./rate-limiter.ts";

export type Fetch = (address: string, init: RequestInit) => Promise<Response>;
export type Headers = Readonly<Record<string, string>>;

/** A request as it is sent, whatever its route. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Headers;
}

/** Delays between attempts where the API does not send `Retry-After`, ms. */
const RETRY_DELAYS = [500, 1000, 2000, 4000];
/** The longest `Retry-After` that a request waits for, ms: a longer one is for the user to know. */
const MAX_RETRY_AFTER = 60_000;

/** Methods of the page's requests that have the same effect twice; a repeated PATCH would find another version. */
const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set(["GET", "DELETE"]);

export class HttpClient {
  readonly #base: string;
  readonly #clock: Clock;
  readonly #fetch: Fetch;
  readonly #rateLimiter: RateLimiter;

  /** `base` is the URL of the API. */
  constructor(base: string, clock: Clock, fetch: Fetch = browserFetch) {
    this.#base = base;
    this.#clock = clock;
    this.#fetch = fetch;
    this.#rateLimiter = new RateLimiter(clock);
  }

  /** The JSON of the response, null for 204 No Content; `send` sends each attempt. Throws an `AppError`. */
  async request(request: ApiRequest, send = (attempt: ApiRequest) => this.send(attempt)): Promise<unknown> {
    const backoff = new Backoff(RETRY_DELAYS);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#parse(await send(request));
      } catch (error) {
        if (!(error instanceof HttpError && canRetry(request.method, error))) throw error;
        if (error.status === 429) this.#rateLimiter.pauseFor(error.retryAfter ?? 0);
        if (attempt === RETRY_DELAYS.length) throw error;
        await wait(this.#clock, Math.max(backoff.next(), error.retryAfter ?? 0));
      }
    }
  }

  /** Sends one attempt; throws a `NetworkError` if there is no response. */
  async send({ method, path, body, headers: extra }: ApiRequest): Promise<Response> {
    const headers: Record<string, string> = { ...extra };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const init: RequestInit = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    await this.#rateLimiter.acquire();
    return await translateNetworkErrors(this.#fetch(this.#base + path, init));
  }

  async #parse(response: Response): Promise<unknown> {
    if (response.status === 204) return null;
    if (response.ok) return await response.json();
    const body = (await response.json().catch(() => ({}))) as { error?: unknown; code?: unknown; field?: unknown };
    throw new HttpError(
      response.status,
      typeof body.code === "string" ? body.code : "unknown",
      typeof body.error === "string" ? body.error : "",
      parseRetryAfter(response.headers.get("Retry-After"), this.#clock.now()),
      typeof body.field === "string" ? body.field : null,
    );
  }
}

function canRetry(method: string, error: HttpError): boolean {
  if ((error.retryAfter ?? 0) > MAX_RETRY_AFTER) return false;
  return IDEMPOTENT_METHODS.has(method) ? error.isRetryable : error.isTransient;
}

/** The path with its `{names}` filled in, and the query; parameters that are null are left out, lists are repeated. */
export function buildPath(
  template: string,
  parameters: Readonly<Record<string, string>>,
  query: Readonly<Record<string, unknown>>,
): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ""));
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((item) => item !== null && item !== undefined).map((item) => [name, String(item)]),
  );
  const search = new URLSearchParams(pairs).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** The response; null for 404 Not Found. */
export async function nullIfNotFound<Body>(response: Promise<Body>): Promise<Body | null> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return null;
    throw error;
  }
}

/** The content of the page's `config.json`. */
export async function fetchConfig(address: URL): Promise<unknown> {
  const response = await translateNetworkErrors(browserFetch(address.href, {}));
  if (!response.ok) throw new HttpError(response.status, "no_config", "config.json is missing");
  return await response.json();
}

/** Turns a failed fetch, which browsers report as a TypeError, into a `NetworkError`. */
export async function translateNetworkErrors<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof TypeError) throw new NetworkError("no response", { cause: error });
    throw error;
  }
}

function browserFetch(address: string, init: RequestInit): Promise<Response> {
  return fetch(address, init);
}
