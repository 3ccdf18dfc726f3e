/**
 * The client of the library's API for guests: everything that one shared link gives access to.
 *
 * Guests don't sign in. The token is part of each path; a link with a password needs a pass too, which the right password
 * gives and which is kept in the tab.
 */
import type { Clock } from "../core/clock.ts";
import type { PreferenceStorage } from "../core/preference-storage.ts";
import { shareIdOf } from "../state/guest-address.ts";
import type { GuestAlbumApi, GuestPage, GuestPhoto, SharedAlbum } from "../state/guest-album.ts";
import type { GuestBundleApi } from "../state/guest-bundle.ts";
import type { Bundle } from "../state/bundles.ts";
import type { GuestTicket, GuestUploadState } from "../state/guest-uploads.ts";
import { buildPath, type Fetch, HttpClient, nullIfNotFound } from "./http-client.ts";

const PAGE_SIZE = 100;

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
    return (await this.#request("GET", "")) as SharedAlbum;
  }

  async listPhotos(cursor: string | null): Promise<GuestPage> {
    return (await this.#request("GET", buildPath("/photos", {}, { limit: PAGE_SIZE, cursor }))) as GuestPage;
  }

  /** One photo; null if it is not in the album any more. */
  async getPhoto(photoId: string): Promise<GuestPhoto | null> {
    return (await nullIfNotFound(this.#request("GET", buildPath("/photos/{id}", { id: photoId }, {})))) as GuestPhoto | null;
  }

  async enterPassword(password: string): Promise<void> {
    const { pass } = (await this.#request("POST", "/pass", { password })) as { pass: string };
    this.#passes.setItem(this.#passKey, pass);
  }

  /** The URL from which a browser downloads the best file of a photo that the link allows; null if it allows none. */
  async downloadUrl(photoId: string): Promise<string | null> {
    // The URLs that the page has may have expired.
    const photo = await this.getPhoto(photoId);
    if (photo?.original !== true) return photo?.resized_url ?? null;
    const path = buildPath("/photos/{id}/original", { id: photoId }, {});
    return ((await this.#request("GET", path)) as { url: string }).url;
  }

  async createBundle(): Promise<string> {
    return ((await this.#request("POST", "/bundles", {})) as { bundle_id: string }).bundle_id;
  }

  async getBundle(bundleId: string): Promise<Bundle | null> {
    return (await nullIfNotFound(this.#request("GET", buildPath("/bundles/{id}", { id: bundleId }, {})))) as Bundle | null;
  }

  async createUpload(name: string, filename: string, bytes: number): Promise<GuestTicket> {
    return (await this.#request("POST", "/uploads", { name, filename, bytes })) as GuestTicket;
  }

  async getUpload(photoId: string): Promise<GuestUploadState> {
    return (await this.#request("GET", buildPath("/uploads/{id}", { id: photoId }, {}))) as GuestUploadState;
  }

  get #passKey(): string {
    return `tintype.pass.${shareIdOf(this.#token)}`;
  }

  async #request(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
    const pass = this.#passes.getItem(this.#passKey);
    const headers = { Accept: "application/json", ...(pass !== null && { "X-Share-Pass": pass }) };
    return await this.#http.request({ method, path: buildPath("/shares/{token}", { token: this.#token }, {}) + path, body, headers });
  }
}
