/**
 * The library's API: the only module that fetches.
 *
 * Adds the token, asks again where the library said "not now" (429, 503, honouring Retry-After), renews a token that
 * it no longer takes, and turns every failure into one of `core/errors.ts`. Requests leave one after the other where many
 * are wanted at once (`api/rate-limiter.ts`). What the answers mean is for others.
 */
import { Backoff, parseRetryAfter } from "../core/backoff.ts";
import { type Clock, wait } from "../core/clock.ts";
import { HttpError, SignedOutError, NetworkError } from "../core/errors.ts";
import type { ApiKey, ApiKeyApi, NewApiKey, Permission } from "../state/api-keys.ts";
import type { BatchAction, BatchApi, BatchResult } from "../state/batch-actions.ts";
import type { Bundle, Label, BundleRequest, BundleApi } from "../state/bundles.ts";
import type { Completion } from "../state/completions.ts";
import type { Page } from "../state/feed.ts";
import type { Channel, NotificationApi, Notifications } from "../state/notifications.ts";
import type { PhotoUpdate, PhotoApi } from "../state/photo-editor.ts";
import type { RandomPhoto, Photo } from "../state/photo.ts";
import type { Statistics } from "../state/statistics.ts";
import type { Trend } from "../state/trends.ts";
import type { UploadMetadata } from "../state/upload-queue.ts";
import type { KnownDuplicate, UploadTicket } from "../state/upload-scheduler.ts";
import { photosInState, allPhotos, type Scope, type TrendOrder, type View } from "../state/view.ts";
import { RateLimiter } from "./rate-limiter.ts";

export interface UploadRequest extends UploadMetadata {
  readonly filename: string;
  readonly bytes: number;
  /** SHA-256 of the file in hex, or null where it was not worked out. */
  readonly sha256: string | null;
}

/** The session's part in a request. */
export interface TokenProvider {
  accessToken(): Promise<string | null>;
  renewAccessToken(refused: string): Promise<string | null>;
  /** The same with what tells who the person is. */
  idToken(): Promise<string | null>;
  renewIdToken(refused: string): Promise<string | null>;
}

/** Which of a session's tokens is sent. */
type TokenKind = "access" | "id";
type Headers = Readonly<Record<string, string>>;

export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

/** Waits between attempts where the library does not say how long, ms. */
const RETRY_DELAYS = [500, 1000, 2000, 4000];

const NOTIFICATIONS_PATH = "/me/notifications";
const MAX_PAGE_SIZE = 100;
/** Photos being processed that are shown. */
const PROCESSING_LIMIT = 50;
/** Tags that are offered. */
const TRENDS_LIMIT = 24;
/** Tags that complete what is typed. */
const COMPLETIONS_LIMIT = 10;

export class ApiClient implements ApiKeyApi, BatchApi, PhotoApi, BundleApi, NotificationApi {
  readonly #base: string;
  readonly #tokens: TokenProvider;
  readonly #clock: Clock;
  readonly #fetch: Fetch;
  readonly #rateLimiter: RateLimiter;

  constructor(base: string, tokens: TokenProvider, clock: Clock, fetching: Fetch = browserFetch) {
    this.#base = base;
    this.#tokens = tokens;
    this.#clock = clock;
    this.#fetch = fetching;
    this.#rateLimiter = new RateLimiter(clock);
  }

  /** One page of a view, newest first. */
  async listPhotos(view: View, cursor: string | null, limit: number): Promise<Page> {
    const at = { scope: view.scope, limit: String(limit), cursor };
    if (view.tags.length === 0) {
      const state = view.state === "ready" ? null : view.state;
      return (await this.#get("/photos", { state, from: view.from, to: view.to, ...at })) as Page;
    }
    const match = view.tags.length > 1 ? view.match : null;
    return (await this.#get("/gallery/articles", { tag: view.tags, match, not: view.excluded, ...at })) as Page;
  }

  /** The newest of one's own photos, as many as a page can hold. */
  async newestPhotos(): Promise<readonly Photo[]> {
    return (await this.listPhotos(allPhotos("mine"), null, MAX_PAGE_SIZE)).items;
  }

  /** One's own photos that are being processed, the newest of them. */
  async processingPhotos(): Promise<Page> {
    return (await this.#get("/photos", { state: "processing", scope: "mine", limit: String(PROCESSING_LIMIT) })) as Page;
  }

  /** One's own photos that could not be used, as many as a page can hold. */
  async rejectedPhotos(): Promise<Page> {
    return await this.listPhotos(photosInState("rejected"), null, MAX_PAGE_SIZE);
  }

  /** One photo, or null if there is none that this person may see. */
  async getPhoto(photoId: string): Promise<Photo | null> {
    return (await nullIfNotFound(this.#get(`/photos/${encodeURIComponent(photoId)}`, {}))) as Photo | null;
  }

  async getStatistics(scope: Scope): Promise<Statistics> {
    return (await this.#get("/stats", { scope })) as Statistics;
  }

  async listTrends(scope: Scope, order: TrendOrder): Promise<readonly Trend[]> {
    const answer = await this.#get("/gallery/trending", { scope, order, limit: String(TRENDS_LIMIT) });
    return (answer as { items: Trend[] }).items;
  }

  /** A photo of a tag, drawn by weight, and how likely it was. */
  async randomPhoto(tag: string, scope: Scope): Promise<RandomPhoto> {
    return (await this.#get("/random", { label: tag, scope }, { Accept: "application/json" })) as RandomPhoto;
  }

  /** Tags of a scope that begin so. */
  async completeTag(prefix: string, scope: Scope): Promise<readonly Completion[]> {
    const answer = await this.#get("/gallery/tags", { prefix, limit: String(COMPLETIONS_LIMIT), scope });
    return (answer as { items: Completion[] }).items;
  }

  /** Asks where one file may go. */
  async createUpload({ filename, bytes, sha256, tags, status }: UploadRequest): Promise<UploadTicket | KnownDuplicate> {
    const said = { filename, bytes, status, ...(sha256 && { sha256 }), ...(tags.length > 0 && { tags }) };
    return (await this.#request("POST", "/uploads", said)) as UploadTicket | KnownDuplicate;
  }

  /** One action on up to a hundred of one's own photos, a result for each. */
  async runBatch(photoIds: readonly string[], action: BatchAction, tags: readonly string[]): Promise<readonly BatchResult[]> {
    const asked = { photo_ids: photoIds, action, ...(tags.length > 0 && { tags }) };
    return ((await this.#request("POST", "/photos/batch", asked)) as { results: BatchResult[] }).results;
  }

  /** Changes a photo that is at this version, and at no other. */
  async updatePhoto(photoId: string, change: PhotoUpdate, version: number): Promise<Photo> {
    const headers = { "If-Match": `"${version}"` };
    return (await this.#request("PATCH", `/photos/${encodeURIComponent(photoId)}`, change, headers)) as Photo;
  }

  /** Deletes a photo for ever; one that is gone already is as good. */
  async deletePhoto(photoId: string): Promise<void> {
    await nullIfNotFound(this.#request("DELETE", `/photos/${encodeURIComponent(photoId)}?permanent=true`));
  }

  async listKeys(): Promise<readonly ApiKey[]> {
    return ((await this.#get("/keys", {})) as { items: ApiKey[] }).items;
  }

  async createKey(name: string, can: readonly Permission[]): Promise<NewApiKey> {
    return (await this.#request("POST", "/keys", { name, can })) as NewApiKey;
  }

  async revokeKey(keyId: string): Promise<void> {
    await this.#request("DELETE", `/keys/${encodeURIComponent(keyId)}`);
  }

  /** The labels of one's own library. */
  async listLabels(): Promise<readonly Label[]> {
    const { labels } = (await this.#get("/labels", {})) as { labels: Record<string, { count: number }> };
    return Object.entries(labels).map(([name, { count }]) => ({ name, count }));
  }

  async listBundles(): Promise<readonly Bundle[]> {
    return ((await this.#get("/bundles", {})) as { items: Bundle[] }).items;
  }

  async getBundle(bundleId: string): Promise<Bundle | null> {
    return (await nullIfNotFound(this.#get(`/bundles/${encodeURIComponent(bundleId)}`, {}))) as Bundle | null;
  }

  async createBundle(order: BundleRequest): Promise<string> {
    return ((await this.#request("POST", "/bundles", order)) as { bundle_id: string }).bundle_id;
  }

  async cancelBundle(bundleId: string): Promise<void> {
    await nullIfNotFound(this.#request("DELETE", `/bundles/${encodeURIComponent(bundleId)}`));
  }

  /** How this person is told of things; it is asked with their own id token, as the library wants it. */
  async getNotifications(): Promise<Notifications> {
    return (await this.#request("GET", NOTIFICATIONS_PATH, undefined, {}, "id")) as Notifications;
  }

  async subscribe(channel: Channel): Promise<Notifications> {
    return (await this.#request("POST", NOTIFICATIONS_PATH, { channel }, {}, "id")) as Notifications;
  }

  async unsubscribe(): Promise<void> {
    await this.#request("DELETE", NOTIFICATIONS_PATH, undefined, {}, "id");
  }

  /** Asks for something; a parameter that is null is left out, one with several values stands once for each. */
  #get(
    path: string,
    query: Record<string, string | readonly string[] | null>,
    headers?: Headers,
  ): Promise<unknown> {
    const given = Object.entries(query).flatMap(([name, said]) =>
      (typeof said === "string" ? [said] : (said ?? [])).map((value) => [name, value]),
    );
    const written = new URLSearchParams(given).toString();
    return this.#request("GET", written === "" ? path : `${path}?${written}`, undefined, headers);
  }

  async #request(method: string, path: string, body?: unknown, headers: Headers = {}, kind: TokenKind = "access"): Promise<unknown> {
    const backoff = new Backoff(RETRY_DELAYS);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#requestWithToken(method, path, body, headers, kind);
      } catch (problem) {
        if (!(problem instanceof HttpError && problem.isTransient)) throw problem;
        if (problem.status === 429) this.#rateLimiter.pauseFor(problem.retryAfter ?? 0);
        if (attempt === RETRY_DELAYS.length) throw problem;
        await wait(this.#clock, Math.max(backoff.next(), problem.retryAfter ?? 0));
      }
    }
  }

  /** Asks with a token if there is one; a token that is refused is renewed once. */
  async #requestWithToken(method: string, path: string, body: unknown, headers: Headers, kind: TokenKind): Promise<unknown> {
    const token = await translateNetworkErrors(kind === "id" ? this.#tokens.idToken() : this.#tokens.accessToken());
    const response = await this.#send(method, path, body, headers, token);
    if (response.status !== 401) return await this.#parse(response);
    const renewed = (refused: string) => (kind === "id" ? this.#tokens.renewIdToken(refused) : this.#tokens.renewAccessToken(refused));
    const fresh = token === null ? null : await translateNetworkErrors(renewed(token));
    if (fresh === null) throw new SignedOutError();
    return await this.#parse(await this.#send(method, path, body, headers, fresh));
  }

  async #send(method: string, path: string, body: unknown, given: Headers, token: string | null): Promise<Response> {
    const headers: Record<string, string> = { ...given };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const init: RequestInit = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    await this.#rateLimiter.acquire();
    return await translateNetworkErrors(this.#fetch(this.#base + path, init));
  }

  async #parse(response: Response): Promise<unknown> {
    if (response.status === 204) return null;
    if (response.ok) return await response.json();
    const said = (await response.json().catch(() => ({}))) as { error?: unknown; code?: unknown; field?: unknown };
    throw new HttpError(
      response.status,
      typeof said.code === "string" ? said.code : "unknown",
      typeof said.error === "string" ? said.error : "",
      parseRetryAfter(response.headers.get("Retry-After"), this.#clock.now()),
      typeof said.field === "string" ? said.field : null,
    );
  }
}

/** An answer, or null for what is not there any more. */
async function nullIfNotFound(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (problem) {
    if (problem instanceof HttpError && problem.status === 404) return null;
    throw problem;
  }
}

/** What `config.json` beside the page holds. */
export async function fetchConfig(address: URL): Promise<unknown> {
  const response = await translateNetworkErrors(browserFetch(address.href, {}));
  if (!response.ok) throw new HttpError(response.status, "no_config", "config.json is missing");
  return await response.json();
}

/** Waits for an answer from the network; no answer at all, which browsers call a TypeError, is `Unreachable`. */
async function translateNetworkErrors<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (problem) {
    if (problem instanceof TypeError) throw new NetworkError("no answer", { cause: problem });
    throw problem;
  }
}

function browserFetch(address: string, init: RequestInit): Promise<Response> {
  return fetch(address, init);
}
