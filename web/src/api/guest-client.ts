/**
 * The client of the library's API for guests: everything that one shared link gives access to.
 *
 * Guests don't sign in. The token is part of each path; a link with a password needs a pass too, which the right password
 * gives and which is stored in the tab.
 */
import type { Clock } from "../core/clock.ts";
import type { PreferenceStorage } from "../core/preference-storage.ts";
import { shareIdOf } from "../state/guest-address.ts";
import type { GuestAlbumApi, GuestPage, GuestPhoto, SharedAlbum } from "../state/guest-album.ts";
import type { GuestBundleApi } from "../state/guest-bundle.ts";
import type { Bundle } from "../state/bundles.ts";
import type { GuestTicket, GuestUploadState } from "../state/guest-uploads.ts";
import { buildPath, type Fetch, HttpClient, nullIfNotFound } from "./http-client.ts";
import type { Method, PathOf, PathParameters, Query, RequestBody, ResponseBody } from "./openapi-types.ts";

const PAGE_SIZE = 100;

interface GuestRequest<M extends Method, P extends PathOf<M>> {
  /** Values for the `{names}` in the path, besides the token. */
  readonly parameters?: Omit<PathParameters<M, P>, "share">;
  readonly query?: Query<M, P>;
  readonly body?: RequestBody<M, P>;
}

export class GuestClient implements GuestAlbumApi, GuestBundleApi {
  readonly #token: string;
  readonly #passes: PreferenceStorage;
  readonly #http: HttpClient;

  /** `base` is the URL of the API; `passes` is the storage of this tab. */
  constructor(base: string, token: string, passes: PreferenceStorage, clock: Clock, fetch?: Fetch) {
    this.#token = token;
    this.#passes = passes;
    this.#http = new HttpClient(base, clock, fetch);
  }

  async getAlbum(): Promise<SharedAlbum> {
    return await this.#request("get", "/shares/{share}", {});
  }

  async listPhotos(cursor: string | null): Promise<GuestPage> {
    return await this.#request("get", "/shares/{share}/photos", { query: { limit: PAGE_SIZE, cursor } });
  }

  /** One photo; null if it is not in the album any more. */
  async getPhoto(photoId: string): Promise<GuestPhoto | null> {
    return await nullIfNotFound(this.#request("get", "/shares/{share}/photos/{photo_id}", { parameters: { photo_id: photoId } }));
  }

  async enterPassword(password: string): Promise<void> {
    const { pass } = await this.#request("post", "/shares/{share}/pass", { body: { password } });
    this.#passes.setItem(this.#passKey, pass);
  }

  /** The URL from which a browser downloads the best file of a photo that the link allows; null if it allows none. */
  async downloadUrl(photoId: string): Promise<string | null> {
    // The URLs that the page has may have expired.
    const photo = await this.getPhoto(photoId);
    if (photo?.original !== true) return photo?.resized_url ?? null;
    const parameters = { photo_id: photoId, variant: "original" } as const;
    return (await this.#request("get", "/shares/{share}/photos/{photo_id}/{variant}", { parameters })).url;
  }

  async createBundle(): Promise<string> {
    return (await this.#request("post", "/shares/{share}/bundles", {})).bundle_id;
  }

  async getBundle(bundleId: string): Promise<Bundle | null> {
    return await nullIfNotFound(this.#request("get", "/shares/{share}/bundles/{bundle_id}", { parameters: { bundle_id: bundleId } }));
  }

  async createUpload(name: string, filename: string, bytes: number): Promise<GuestTicket> {
    return await this.#request("post", "/shares/{share}/uploads", { body: { name, filename, bytes } });
  }

  async getUpload(photoId: string): Promise<GuestUploadState> {
    return await this.#request("get", "/shares/{share}/uploads/{photo_id}", { parameters: { photo_id: photoId } });
  }

  get #passKey(): string {
    return `tintype.pass.${shareIdOf(this.#token)}`;
  }

  /** Sends a request with the token and the pass; the response has the type that the API's description gives it. */
  async #request<M extends "get" | "post", P extends PathOf<M>>(
    method: M,
    path: P,
    { parameters, query, body }: GuestRequest<M, P>,
  ): Promise<ResponseBody<M, P>> {
    const pass = this.#passes.getItem(this.#passKey);
    const raw = {
      method: method.toUpperCase(),
      path: buildPath(path, { ...parameters, share: this.#token }, query ?? {}),
      body,
      headers: { Accept: "application/json", ...(pass !== null && { "X-Share-Pass": pass }) },
    };
    return (await this.#http.request(raw)) as ResponseBody<M, P>;
  }
}
