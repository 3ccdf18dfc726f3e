/**
 * The library's API: the only module that fetches.
 *
 * Adds the token, asks again where the library said "not now" (429, 503, honouring Retry-After), renews a token that
 * it no longer takes, and turns every failure into one of `core/errors.ts`. Requests leave one after the other where many
 * are wanted at once (`api/rate-limiter.ts`). What the answers mean is for others.
 */
import { Backoff, retryAfter } from "../core/backoff.ts";
import { type Clock, wait } from "../core/clock.ts";
import { Refused, SignedOut, Unreachable } from "../core/errors.ts";
import type { Key, KeyOffice, NewKey, Right } from "../state/api-keys.ts";
import type { Action, Curator, Result } from "../state/batch-actions.ts";
import type { Bundle, Label, Order, Porter } from "../state/bundles.ts";
import type { Completion } from "../state/completions.ts";
import type { Page } from "../state/feed.ts";
import type { Channel, NoticeOffice, Told } from "../state/notifications.ts";
import type { Change, PhotoOffice } from "../state/photo-editor.ts";
import type { Drawn, Photo } from "../state/photo.ts";
import type { Figures } from "../state/statistics.ts";
import type { Trend } from "../state/trends.ts";
import type { Wishes } from "../state/upload-queue.ts";
import type { KnownBytes, Ticket } from "../state/upload-scheduler.ts";
import { aside, everything, type Scope, type TrendOrder, type View } from "../state/view.ts";
import { Pacer } from "./rate-limiter.ts";

export interface TicketRequest extends Wishes {
  readonly filename: string;
  readonly bytes: number;
  /** SHA-256 of the file in hex, or null where it was not worked out. */
  readonly sha256: string | null;
}

/** The session's part in a request. */
export interface Tokens {
  token(): Promise<string | null>;
  tokenAfter(refused: string): Promise<string | null>;
  /** The same with what tells who the person is. */
  proof(): Promise<string | null>;
  proofAfter(refused: string): Promise<string | null>;
}

/** Which of a session's tokens is sent. */
type Kind = "access" | "id";
type Headers = Readonly<Record<string, string>>;

export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

/** Waits between attempts where the library does not say how long, ms. */
const RETRIES = [500, 1000, 2000, 4000];

const NOTICES = "/me/notifications";
const LARGEST_PAGE = 100;
/** Photos being processed that are shown. */
const UNDERWAY = 50;
/** Tags that are offered. */
const TRENDS = 24;
/** Tags that complete what is typed. */
const COMPLETIONS = 10;

export class Api implements KeyOffice, Curator, PhotoOffice, Porter, NoticeOffice {
  readonly #base: string;
  readonly #tokens: Tokens;
  readonly #clock: Clock;
  readonly #fetch: Fetch;
  readonly #pacer: Pacer;

  constructor(base: string, tokens: Tokens, clock: Clock, fetching: Fetch = browserFetch) {
    this.#base = base;
    this.#tokens = tokens;
    this.#clock = clock;
    this.#fetch = fetching;
    this.#pacer = new Pacer(clock);
  }

  /** One page of a view, newest first. */
  async page(view: View, cursor: string | null, limit: number): Promise<Page> {
    const at = { scope: view.scope, limit: String(limit), cursor };
    if (view.tags.length === 0) {
      const state = view.state === "ready" ? null : view.state;
      return (await this.#get("/photos", { state, from: view.from, to: view.to, ...at })) as Page;
    }
    const match = view.tags.length > 1 ? view.match : null;
    return (await this.#get("/gallery/articles", { tag: view.tags, match, not: view.without, ...at })) as Page;
  }

  /** The newest of one's own photos, as many as a page can hold. */
  async newest(): Promise<readonly Photo[]> {
    return (await this.page(everything("mine"), null, LARGEST_PAGE)).items;
  }

  /** One's own photos that are being processed, the newest of them. */
  async processing(): Promise<Page> {
    return (await this.#get("/photos", { state: "processing", scope: "mine", limit: String(UNDERWAY) })) as Page;
  }

  /** One's own photos that could not be used, as many as a page can hold. */
  async rejected(): Promise<Page> {
    return await this.page(aside("rejected"), null, LARGEST_PAGE);
  }

  /** One photo, or null if there is none that this person may see. */
  async photo(photoId: string): Promise<Photo | null> {
    return (await unlessGone(this.#get(`/photos/${encodeURIComponent(photoId)}`, {}))) as Photo | null;
  }

  async figures(scope: Scope): Promise<Figures> {
    return (await this.#get("/stats", { scope })) as Figures;
  }

  async trends(scope: Scope, order: TrendOrder): Promise<readonly Trend[]> {
    const answer = await this.#get("/gallery/trending", { scope, order, limit: String(TRENDS) });
    return (answer as { items: Trend[] }).items;
  }

  /** A photo of a tag, drawn by weight, and how likely it was. */
  async random(tag: string, scope: Scope): Promise<Drawn> {
    return (await this.#get("/random", { label: tag, scope }, { Accept: "application/json" })) as Drawn;
  }

  /** Tags of a scope that begin so. */
  async completions(prefix: string, scope: Scope): Promise<readonly Completion[]> {
    const answer = await this.#get("/gallery/tags", { prefix, limit: String(COMPLETIONS), scope });
    return (answer as { items: Completion[] }).items;
  }

  /** Asks where one file may go. */
  async ticket({ filename, bytes, sha256, tags, status }: TicketRequest): Promise<Ticket | KnownBytes> {
    const said = { filename, bytes, status, ...(sha256 && { sha256 }), ...(tags.length > 0 && { tags }) };
    return (await this.#ask("POST", "/uploads", said)) as Ticket | KnownBytes;
  }

  /** One action on up to a hundred of one's own photos, a result for each. */
  async change(photoIds: readonly string[], action: Action, tags: readonly string[]): Promise<readonly Result[]> {
    const asked = { photo_ids: photoIds, action, ...(tags.length > 0 && { tags }) };
    return ((await this.#ask("POST", "/photos/batch", asked)) as { results: Result[] }).results;
  }

  /** Changes a photo that is at this version, and at no other. */
  async edit(photoId: string, change: Change, version: number): Promise<Photo> {
    const headers = { "If-Match": `"${version}"` };
    return (await this.#ask("PATCH", `/photos/${encodeURIComponent(photoId)}`, change, headers)) as Photo;
  }

  /** Deletes a photo for ever; one that is gone already is as good. */
  async erase(photoId: string): Promise<void> {
    await unlessGone(this.#ask("DELETE", `/photos/${encodeURIComponent(photoId)}?permanent=true`));
  }

  async keys(): Promise<readonly Key[]> {
    return ((await this.#get("/keys", {})) as { items: Key[] }).items;
  }

  async makeKey(name: string, can: readonly Right[]): Promise<NewKey> {
    return (await this.#ask("POST", "/keys", { name, can })) as NewKey;
  }

  async revokeKey(keyId: string): Promise<void> {
    await this.#ask("DELETE", `/keys/${encodeURIComponent(keyId)}`);
  }

  /** The labels of one's own library. */
  async labels(): Promise<readonly Label[]> {
    const { labels } = (await this.#get("/labels", {})) as { labels: Record<string, { count: number }> };
    return Object.entries(labels).map(([name, { count }]) => ({ name, count }));
  }

  async bundles(): Promise<readonly Bundle[]> {
    return ((await this.#get("/bundles", {})) as { items: Bundle[] }).items;
  }

  async bundle(bundleId: string): Promise<Bundle | null> {
    return (await unlessGone(this.#get(`/bundles/${encodeURIComponent(bundleId)}`, {}))) as Bundle | null;
  }

  async order(order: Order): Promise<string> {
    return ((await this.#ask("POST", "/bundles", order)) as { bundle_id: string }).bundle_id;
  }

  async cancel(bundleId: string): Promise<void> {
    await unlessGone(this.#ask("DELETE", `/bundles/${encodeURIComponent(bundleId)}`));
  }

  /** How this person is told of things; it is asked with their own id token, as the library wants it. */
  async notices(): Promise<Told> {
    return (await this.#ask("GET", NOTICES, undefined, {}, "id")) as Told;
  }

  async subscribe(channel: Channel): Promise<Told> {
    return (await this.#ask("POST", NOTICES, { channel }, {}, "id")) as Told;
  }

  async unsubscribe(): Promise<void> {
    await this.#ask("DELETE", NOTICES, undefined, {}, "id");
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
    return this.#ask("GET", written === "" ? path : `${path}?${written}`, undefined, headers);
  }

  async #ask(method: string, path: string, body?: unknown, headers: Headers = {}, kind: Kind = "access"): Promise<unknown> {
    const backoff = new Backoff(RETRIES);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#askSignedIn(method, path, body, headers, kind);
      } catch (problem) {
        if (!(problem instanceof Refused && problem.passing)) throw problem;
        if (problem.status === 429) this.#pacer.rest(problem.retryAfter ?? 0);
        if (attempt === RETRIES.length) throw problem;
        await wait(this.#clock, Math.max(backoff.next(), problem.retryAfter ?? 0));
      }
    }
  }

  /** Asks with a token if there is one; a token that is refused is renewed once. */
  async #askSignedIn(method: string, path: string, body: unknown, headers: Headers, kind: Kind): Promise<unknown> {
    const token = await reaching(kind === "id" ? this.#tokens.proof() : this.#tokens.token());
    const response = await this.#send(method, path, body, headers, token);
    if (response.status !== 401) return await this.#read(response);
    const renewed = (refused: string) => (kind === "id" ? this.#tokens.proofAfter(refused) : this.#tokens.tokenAfter(refused));
    const fresh = token === null ? null : await reaching(renewed(token));
    if (fresh === null) throw new SignedOut();
    return await this.#read(await this.#send(method, path, body, headers, fresh));
  }

  async #send(method: string, path: string, body: unknown, given: Headers, token: string | null): Promise<Response> {
    const headers: Record<string, string> = { ...given };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const init: RequestInit = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    await this.#pacer.turn();
    return await reaching(this.#fetch(this.#base + path, init));
  }

  async #read(response: Response): Promise<unknown> {
    if (response.status === 204) return null;
    if (response.ok) return await response.json();
    const said = (await response.json().catch(() => ({}))) as { error?: unknown; code?: unknown; field?: unknown };
    throw new Refused(
      response.status,
      typeof said.code === "string" ? said.code : "unknown",
      typeof said.error === "string" ? said.error : "",
      retryAfter(response.headers.get("Retry-After"), this.#clock.now()),
      typeof said.field === "string" ? said.field : null,
    );
  }
}

/** An answer, or null for what is not there any more. */
async function unlessGone(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 404) return null;
    throw problem;
  }
}

/** What `config.json` beside the page holds. */
export async function fetchConfig(address: URL): Promise<unknown> {
  const response = await reaching(browserFetch(address.href, {}));
  if (!response.ok) throw new Refused(response.status, "no_config", "config.json is missing");
  return await response.json();
}

/** Waits for an answer from the network; no answer at all, which browsers call a TypeError, is `Unreachable`. */
async function reaching<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (problem) {
    if (problem instanceof TypeError) throw new Unreachable("no answer", { cause: problem });
    throw problem;
  }
}

function browserFetch(address: string, init: RequestInit): Promise<Response> {
  return fetch(address, init);
}
